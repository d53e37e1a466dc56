/** Kubernetes and Istio objects to domain objects: pure functions over Fabric8 models, whatever feeds them. */
@NullMarked
package dev.ambit.adapters.k8s.translate;

import org.jspecify.annotations.NullMarked;

/** The mesh's configuration as ordinary Kubernetes YAML in a watched folder. */
@NullMarked
package dev.ambit.adapters.k8s.manifests;

import org.jspecify.annotations.NullMarked;

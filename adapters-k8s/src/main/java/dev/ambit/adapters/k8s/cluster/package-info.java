/** The mesh from a Kubernetes API server, and what is reported back to it. */
@NullMarked
package dev.ambit.adapters.k8s.cluster;

import org.jspecify.annotations.NullMarked;

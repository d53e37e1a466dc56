/** Tests. */
@NullMarked
package dev.ambit.adapters.k8s.manifests;

import org.jspecify.annotations.NullMarked;

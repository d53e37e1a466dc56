/** Standalone mode's own token issuer: what the Kubernetes API server is for callers in a cluster. */
@NullMarked
package dev.ambit.adapters.istiodca.token;

import org.jspecify.annotations.NullMarked;

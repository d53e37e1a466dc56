/** The folder in which an authority outside Kubernetes keeps its roots, and from which plugged-in certificates are read. */
@NullMarked
package dev.ambit.adapters.istiodca.storage;

import org.jspecify.annotations.NullMarked;

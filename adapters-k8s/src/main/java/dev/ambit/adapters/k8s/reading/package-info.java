/** JSON to objects, strictly: the same for what stands in files and for what an API server sends. */
@NullMarked
package dev.ambit.adapters.k8s.reading;

import org.jspecify.annotations.NullMarked;

/** One pod that is served: what it has open, the connections being carried, and the way to the application's decisions. */
@NullMarked
package dev.ambit.adapters.loom.pod;

import org.jspecify.annotations.NullMarked;

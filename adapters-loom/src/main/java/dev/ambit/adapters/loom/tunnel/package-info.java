/** HBONE tunnels of one pod: those that others open to it, and those that it opens and shares. */
@NullMarked
package dev.ambit.adapters.loom.tunnel;

import org.jspecify.annotations.NullMarked;

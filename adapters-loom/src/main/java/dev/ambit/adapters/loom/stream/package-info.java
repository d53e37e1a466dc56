/** Bytes in two directions, whatever carries them, and how two such streams are joined. */
@NullMarked
package dev.ambit.adapters.loom.stream;

import org.jspecify.annotations.NullMarked;

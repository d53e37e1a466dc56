/** Files that nobody but their owner may read. */
@NullMarked
package dev.ambit.adapters.istiodca.file;

import org.jspecify.annotations.NullMarked;

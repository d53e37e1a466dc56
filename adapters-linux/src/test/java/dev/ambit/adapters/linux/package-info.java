/** What the tests of this module share. */
@NullMarked
package dev.ambit.adapters.linux;

import org.jspecify.annotations.NullMarked;

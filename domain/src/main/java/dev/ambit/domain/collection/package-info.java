/** Immutable collections of which a changed copy shares most of its structure with its original. */
@NullMarked
package dev.ambit.domain.collection;

import org.jspecify.annotations.NullMarked;

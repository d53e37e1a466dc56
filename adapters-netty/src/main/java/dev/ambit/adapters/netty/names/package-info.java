/** Lookups of host names by Netty's resolver. */
@NullMarked
package dev.ambit.adapters.netty.names;

import org.jspecify.annotations.NullMarked;

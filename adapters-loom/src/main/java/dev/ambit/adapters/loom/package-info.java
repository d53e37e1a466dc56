/** The transport in blocking code on virtual threads. */
@NullMarked
package dev.ambit.adapters.loom;

import org.jspecify.annotations.NullMarked;

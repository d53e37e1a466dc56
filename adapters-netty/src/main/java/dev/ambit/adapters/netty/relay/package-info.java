/** Carrying bytes between two legs of a connection with backpressure and half-close. Everything runs on one event loop. */
@NullMarked
package dev.ambit.adapters.netty.relay;

import org.jspecify.annotations.NullMarked;

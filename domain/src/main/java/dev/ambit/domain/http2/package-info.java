/** What both transports know about HTTP/2 (RFC 9113) without moving a byte: codes, settings, windows, bounds of what a peer may send. */
@NullMarked
package dev.ambit.domain.http2;

import org.jspecify.annotations.NullMarked;

/** As much of HTTP/2 (RFC 9113) as HBONE needs, either end, in blocking code: CONNECT streams with flow control. */
@NullMarked
package dev.ambit.adapters.loom.http2;

import org.jspecify.annotations.NullMarked;

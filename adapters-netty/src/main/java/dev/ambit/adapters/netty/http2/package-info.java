/** As much of HTTP/2 (RFC 9113) as HBONE needs: CONNECT streams with flow control, either end. No pools, no policy. */
@NullMarked
package dev.ambit.adapters.netty.http2;

import org.jspecify.annotations.NullMarked;

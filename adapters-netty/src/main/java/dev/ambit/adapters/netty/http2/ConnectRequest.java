package dev.ambit.adapters.netty.http2;

import dev.ambit.domain.flow.HboneHeaders;

/**
 * The request that opens a stream, as sent: nothing is checked but that HTTP/2 allows it.
 *
 * @param method CONNECT, unless the peer is confused
 * @param authority empty when absent
 */
public record ConnectRequest(String method, String authority, HboneHeaders headers) {}

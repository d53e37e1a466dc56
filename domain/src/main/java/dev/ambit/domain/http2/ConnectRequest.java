package dev.ambit.domain.http2;

import dev.ambit.domain.address.Ports;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.RefusalReason;
import java.util.Optional;

/**
 * The request that opens a stream, as sent: nothing is checked but that HTTP/2 allows it.
 *
 * @param method CONNECT, unless the peer is confused
 * @param authority empty when absent
 */
public record ConnectRequest(String method, String authority, HboneHeaders headers) {
    private static final int HEADER_CHARS_MAX = 8192;

    /** What makes the request senseless whatever the application would say: it is answered 400. */
    public Optional<RefusalReason.MalformedRequest> fault() {
        return why().map(why -> new RefusalReason.MalformedRequest(method + " " + authority, why));
    }

    private Optional<String> why() {
        if (!method.equals("CONNECT")) {
            return Optional.of("method is not CONNECT");
        }
        int colon = authority.lastIndexOf(':');
        if (colon <= 0 || Ports.parse(authority.substring(colon + 1)).isEmpty()) {
            return Optional.of("authority has no port");
        }
        String host = authority.substring(0, colon);
        if (host.indexOf(':') >= 0 && !(host.startsWith("[") && host.endsWith("]"))) {
            return Optional.of("IPv6 address in authority is not in brackets");
        }
        int chars = headers.baggage().length()
                + headers.forwarded().length()
                + headers.traceparent().length()
                + headers.network().orElse("").length();
        return chars > HEADER_CHARS_MAX
                ? Optional.of("headers of " + chars + " characters, allowed are " + HEADER_CHARS_MAX)
                : Optional.empty();
    }
}

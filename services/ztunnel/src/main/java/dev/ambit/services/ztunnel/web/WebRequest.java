package dev.ambit.services.ztunnel.web;

import com.sun.net.httpserver.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What routes ask of a request: its parameters and headers. A body is nobody's wish here and is not read. */
final class WebRequest {
    private final Map<String, String> parameters = new HashMap<>();
    private final Headers headers;

    /**
     * Reads parameters; of one that is given twice the first counts.
     *
     * @param query of a URI, as it is there, so that every percent sign begins an escape; empty if there is none
     */
    WebRequest(String query, Headers headers) {
        this.headers = headers;
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!name.isEmpty()) {
                parameters.putIfAbsent(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** The value of a parameter, {@code otherwise} if it is not given. */
    String parameter(String name, String otherwise) {
        return parameters.getOrDefault(name, otherwise);
    }

    /** Whether a parameter is given, with a value or without. */
    boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** All values of a header as one list (RFC 9110 5.2), empty if there is none. */
    String header(String name) {
        var values = headers.get(name);
        return values == null ? "" : String.join(", ", values);
    }
}

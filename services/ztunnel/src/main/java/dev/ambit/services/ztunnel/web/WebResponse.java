package dev.ambit.services.ztunnel.web;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a route answers. */
final class WebResponse {
    static final int OK = 200;
    static final int BAD_REQUEST = 400;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int CONFLICT = 409;
    static final int SERVER_ERROR = 500;

    private static final JSON WRITER =
            JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES);

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private WebResponse(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** An HTTP status code. */
    int status() {
        return status;
    }

    /** By name. */
    Map<String, String> headers() {
        return headers;
    }

    /** As it is before compression; empty for none. Not to be changed. */
    byte[] body() {
        return body;
    }

    /** Nothing but a status. */
    static WebResponse empty(int status) {
        return new WebResponse(status, Map.of(), new byte[0]);
    }

    /** Plain text. */
    static WebResponse text(int status, String text) {
        return of(status, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Indented JSON of maps, collections, texts, numbers, truths and nulls. */
    static WebResponse json(Object value) {
        try {
            return of(OK, "application/json", WRITER.asBytes(value));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /** A body of some type. */
    static WebResponse of(int status, String contentType, byte[] body) {
        return new WebResponse(status, Map.of("Content-Type", contentType), body);
    }

    /** The same with one header more. */
    WebResponse with(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new WebResponse(status, more, body);
    }
}

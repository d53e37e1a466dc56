package dev.ambit.services.ztunnel.web;

import java.util.function.Function;

/**
 * What a server has at one path.
 *
 * @param method {@code GET}, which answers {@code HEAD} too, or {@code POST}
 * @param path exactly so, without parameters
 * @param answer may take its time: each request has a thread of its own
 * @param otherwise the answer to another method
 */
record Route(String method, String path, Function<WebRequest, WebResponse> answer, WebResponse otherwise) {

    static Route get(String path, Function<WebRequest, WebResponse> answer) {
        return new Route("GET", path, answer, WebResponse.empty(WebResponse.METHOD_NOT_ALLOWED));
    }

    static Route post(String path, Function<WebRequest, WebResponse> answer) {
        return new Route("POST", path, answer, WebResponse.empty(WebResponse.METHOD_NOT_ALLOWED));
    }

    /** Whether requests of that method are for this route. */
    boolean takes(String asked) {
        return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
    }
}

package dev.ambit.services.ztunnel.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 at one address for people, probes and scrapers. It is the JDK's server, because a node proxy pays on every node
 * for the classes of a larger one (docs/adr/0026-what-a-node-proxy-does-without.md); each request has a virtual thread.
 *
 * <p>What is not there is answered without a body, as by Istio's ztunnel. A head has two seconds, as there, and 8 KiB. A target
 * that is no URI, as one with a percent sign that begins no escape, is answered 400 by the JDK's server itself.
 */
final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);

    /** Below this, compression is not worth its header. */
    private static final int COMPRESSED_MIN = 1_024;

    private static final int BACKLOG = 64;

    // The JDK's server takes its bounds from properties, once, when its first class is loaded.
    private static final Map<String, String> BOUNDS = Map.of(
            "sun.net.httpserver.maxReqTime", "2", // seconds for a request to arrive
            "sun.net.httpserver.maxRspTime",
                    "360", // seconds for its answer: a profile of five minutes is silent for as long
            "sun.net.httpserver.idleInterval", "60", // seconds
            "sun.net.httpserver.maxReqHeaders", "100",
            "sun.net.httpserver.maxReqHeaderSize", "8192", // bytes
            "jdk.httpserver.maxConnections", "512",
            "sun.net.httpserver.nodelay", "true");

    static {
        BOUNDS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Route> routes;

    /**
     * Listens, and answers nobody before {@link #start}.
     *
     * @throws IOException if the address is taken, with that address
     */
    WebServer(InetSocketAddress address, List<Route> routes) throws IOException {
        this.routes = routes.stream().collect(Collectors.toUnmodifiableMap(Route::path, Function.identity()));
        try {
            this.server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage(), e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    void start() {
        server.start();
    }

    /** At once; whoever is being answered is cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            respond(exchange, answer(exchange));
        } catch (IOException e) {
            LOG.debug("the client went before its answer\tcause=\"{}\"", e.getMessage());
        }
    }

    private WebResponse answer(HttpExchange exchange) {
        Route route = routes.get(exchange.getRequestURI().getPath());
        if (route == null) {
            return WebResponse.empty(WebResponse.NOT_FOUND);
        }
        if (!route.takes(exchange.getRequestMethod())) {
            return route.otherwise();
        }
        try {
            String query = exchange.getRequestURI().getRawQuery();
            return route.answer().apply(new WebRequest(query == null ? "" : query, exchange.getRequestHeaders()));
        } catch (RuntimeException | Error e) {
            LOG.error("a request failed\tpath=\"{}\"", route.path(), e);
            return WebResponse.text(WebResponse.SERVER_ERROR, "failed; this proxy's log says why\n");
        }
    }

    private static void respond(HttpExchange exchange, WebResponse response) throws IOException {
        response.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = response.body();
        if (body.length >= COMPRESSED_MIN) {
            exchange.getResponseHeaders().set("Vary", "accept-encoding");
            var accepted = exchange.getRequestHeaders().getOrDefault("Accept-Encoding", List.of());
            ContentCoding coding = ContentCoding.accepted(String.join(",", accepted));
            if (coding != ContentCoding.IDENTITY) {
                exchange.getResponseHeaders().set("Content-Encoding", coding.header());
                body = compressed(coding, body);
            }
        }
        boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(response.status(), bodiless ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] compressed(ContentCoding coding, byte[] body) throws IOException {
        var compressed = new ByteArrayOutputStream(body.length / 4);
        try (OutputStream out = coding.over(compressed)) {
            out.write(body);
        }
        return compressed.toByteArray();
    }
}

package dev.ambit.services.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(30)
class ExplainCommandTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer proxy;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/explain", exchange -> {
            asked.add(exchange.getRequestURI().getRawQuery());
            byte[] body = "denied: because\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            try (var stream = exchange.getResponseBody()) {
                stream.write(body);
            }
        });
        proxy.start();
    }

    @AfterEach
    void stop() {
        proxy.stop(0);
    }

    @Test
    void theAnswerOfTheProxyIsPrinted() {
        assertThat(run("http://127.0.0.1:" + proxy.getAddress().getPort())).isZero();
        assertThat(out.toString()).isEqualTo("denied: because\n");
        assertThat(asked).containsExactly("from=spiffe%3A%2F%2Ftd%2Fns%2Fa%2Fsa%2Fb&to=10.0.0.1&port=80&format=text");
    }

    @Test
    void aRefusalOrNoProxyAtAllIsAnErrorThatSaysSo() {
        status = 400;
        assertThat(run("http://127.0.0.1:" + proxy.getAddress().getPort())).isNotZero();
        assertThat(err.toString()).contains("the node proxy answered 400: denied: because");
        proxy.stop(0);
        assertThat(run("http://127.0.0.1:" + proxy.getAddress().getPort())).isNotZero();
        assertThat(err.toString()).contains("cannot ask the node proxy at http://127.0.0.1:");
    }

    private int run(String admin) {
        return new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("--from", "spiffe://td/ns/a/sa/b", "--to", "10.0.0.1", "--port", "80", "--admin", admin);
    }
}

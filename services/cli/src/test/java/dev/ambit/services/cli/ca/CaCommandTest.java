package dev.ambit.services.cli.ca;

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
class CaCommandTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer controlPlane;
    private int status = 200;

    @BeforeEach
    void start() throws IOException {
        controlPlane = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        controlPlane.createContext("/ca", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            byte[] body = "stage: steady\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            try (var stream = exchange.getResponseBody()) {
                stream.write(body);
            }
        });
        controlPlane.start();
    }

    @AfterEach
    void stop() {
        controlPlane.stop(0);
    }

    private int run(String... arguments) {
        return new CommandLine(new CaCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(arguments);
    }

    private String url() {
        return "http://127.0.0.1:" + controlPlane.getAddress().getPort();
    }

    @Test
    void eachCommandAsksItsQuestion() {
        assertThat(run("status", "--admin", url())).isZero();
        assertThat(run("rotate", "--admin", url())).isZero();
        assertThat(run("--admin", url(), "abort")).isZero();

        assertThat(asked).containsExactly("GET /ca", "POST /ca/rotate", "POST /ca/abort");
        assertThat(out.toString()).isEqualTo("stage: steady\n".repeat(3));
    }

    @Test
    void aRefusalAndSilenceAreErrors() {
        status = 503;
        assertThat(run("rotate", "--admin", url())).isNotZero();
        assertThat(err.toString()).contains("answered 503: stage: steady");
        assertThat(run("status", "--admin", "nowhere")).isNotZero();
        assertThat(err.toString()).contains("--admin is 'nowhere'");
    }
}

package dev.ambit.services.cli.demo;

import dev.ambit.services.cli.lab.Network.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/** One scrape of a ztunnel's metrics. */
record Metrics(List<Sample> samples) {
    private static final int METRICS_PORT = 15_020;

    /** One line of the exposition. */
    record Sample(String name, String labels, double value) {
        String label(String key) {
            int at = labels.indexOf(key + "=\"");
            if (at < 0) {
                return "";
            }
            int start = at + key.length() + 2;
            return labels.substring(start, labels.indexOf('"', start));
        }
    }

    static Metrics scrape(Node node) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(node.address(), METRICS_PORT), 2000);
            socket.setSoTimeout(5000);
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.0\r\nHost: lab\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return parse(text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the metrics of ztunnel on " + node.name(), e);
        }
    }

    static Metrics parse(String exposition) {
        var samples = new ArrayList<Sample>();
        exposition.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int brace = line.indexOf('{');
            int end = line.lastIndexOf('}');
            int space = line.indexOf(' ', Math.max(end, 0));
            if (space > 0 && !line.startsWith("HTTP/")) {
                String name = line.substring(0, brace < 0 ? space : brace);
                String labels = brace < 0 ? "" : line.substring(brace + 1, end);
                toNumber(line.substring(space + 1)).ifPresent(value -> samples.add(new Sample(name, labels, value)));
            }
        });
        return new Metrics(List.copyOf(samples));
    }

    private static OptionalDouble toNumber(String text) {
        try {
            return OptionalDouble.of(Double.parseDouble(text.strip().split(" ", 2)[0]));
        } catch (NumberFormatException _) {
            return OptionalDouble.empty();
        }
    }

    double sum(String name, Predicate<Sample> fits) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(fits)
                .mapToDouble(Sample::value)
                .sum();
    }

    double sum(String name) {
        return sum(name, _ -> true);
    }
}

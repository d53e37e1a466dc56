package dev.ambit.systemtests.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks etcd, over its JSON gateway, to forget history. */
record EtcdCompaction(String url) {
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"(\\d+)\"");

    void compact() {
        try (HttpClient http = HttpClient.newHttpClient()) {
            // Any answer names the present revision; "AA==" is a key that nobody has.
            String answer = post(http, "/v3/kv/range", "{\"key\":\"AA==\"}");
            Matcher revision = REVISION.matcher(answer);
            if (!revision.find()) {
                throw new IllegalStateException("etcd names no revision: " + answer);
            }
            post(http, "/v3/kv/compaction", "{\"revision\":\"" + revision.group(1) + "\",\"physical\":true}");
        }
    }

    private String post(HttpClient http, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("etcd refuses " + path + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}

package dev.ambit.services.cli.scale;

import dev.ambit.services.cli.lab.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Writes objects to a Kubernetes API server, as JSON; what is refused ends the run. */
final class ApiWriter implements AutoCloseable {
    private static final int WRITERS = 32;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SHOWN_MAX = 400;

    private final String url;
    private final String token;
    private final HttpClient client;

    ApiWriter(String url, Path certificate, String token) {
        this.url = url;
        this.token = token;
        this.client = HttpClient.newBuilder().sslContext(trusting(certificate)).build();
    }

    private static SSLContext trusting(Path certificate) {
        try (InputStream pem = Files.newInputStream(certificate)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("server-" + number++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new LabException("the API server's certificate cannot be used: " + e);
        }
    }

    /** One thing to write. */
    record Write(String method, String path, String contentType, String body) {
        static Write create(String path, String json) {
            return new Write("POST", path, "application/json", json);
        }

        /** RFC 7386. */
        static Write merge(String path, String json) {
            return new Write("PATCH", path, "application/merge-patch+json", json);
        }
    }

    void write(Write write) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + write.path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", write.contentType)
                .method(write.method, HttpRequest.BodyPublishers.ofString(write.body))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                String body = answer.body();
                throw new LabException(write.method + " " + write.path + " was answered " + answer.statusCode() + ": "
                        + body.substring(0, Math.min(body.length(), SHOWN_MAX)));
            }
        } catch (IOException e) {
            throw new LabException(write.method + " " + write.path + " failed: " + e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while writing " + write.path);
        }
    }

    /** Writes what belongs together in order, several such groups at a time. */
    void writeAll(List<List<Write>> groups) {
        var room = new Semaphore(WRITERS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> written = new ArrayList<>();
            for (List<Write> group : groups) {
                Callable<Integer> work = () -> {
                    room.acquire();
                    try {
                        group.forEach(this::write);
                    } finally {
                        room.release();
                    }
                    return group.size();
                };
                written.add(threads.submit(work));
            }
            for (Future<Integer> each : written) {
                each.get();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while writing objects");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException known
                    ? known
                    : new LabException("writing failed: " + e.getCause());
        }
    }

    @Override
    public void close() {
        client.close();
    }
}

package dev.ambit.adapters.xds.channel;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A gRPC server on loopback with TLS, that can go away and come back at the same port. */
public final class TestServer implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    private final TestCertificates certificates;
    private final String dnsName;
    private final Path directory;
    private @Nullable Server server;
    private int port;
    private String protocol = "TLSv1.3";
    private String[] groups = {"X25519", "P-256", "X25519MLKEM768"};

    public TestServer(TestCertificates certificates, String dnsName, Path directory) {
        this.certificates = certificates;
        this.dnsName = dnsName;
        this.directory = directory;
    }

    /** Speaks another TLS from its next start on. */
    public void speaking(String tls) {
        protocol = tls;
    }

    /** Agrees on no other keys from its next start on. */
    public void agreeingOn(String... keyExchanges) {
        groups = keyExchanges;
    }

    public void start(BindableService... services) {
        start(builder -> builder.sslContext(tls()), services);
    }

    /** For callers that show nothing, or a certificate of the same root. */
    public void startWithClientCertificates(BindableService... services) {
        start(builder -> builder.sslContext(mutualTls()).intercept(new ClientCertificates()), services);
    }

    public void startInPlaintext(BindableService... services) {
        start(_ -> {}, services);
    }

    /** Pings whoever says nothing for so long, and gives it so long to answer. */
    public void startWithKeepAlive(Duration idle, Duration answer, BindableService... services) {
        start(
                builder -> builder.sslContext(tls())
                        .keepAliveTime(idle.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(answer.toMillis(), TimeUnit.MILLISECONDS),
                services);
    }

    /** Ends connections of this age, and what is left on them so much later; gRPC takes a second at least. */
    public void startRecycling(Duration age, Duration grace, BindableService... services) {
        start(
                builder -> builder.sslContext(tls())
                        .maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS)
                        .maxConnectionAgeGrace(grace.toMillis(), TimeUnit.MILLISECONDS),
                services);
    }

    private void start(Consumer<NettyServerBuilder> how, BindableService... services) {
        try {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .intercept(new BearerTokens())
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    .permitKeepAliveTime(10, TimeUnit.SECONDS);
            how.accept(builder);
            for (BindableService service : services) {
                builder.addService(service);
            }
            Server started = builder.build().start();
            port = started.getPort();
            server = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SslContext tls() {
        return built(context());
    }

    private SslContext mutualTls() {
        return built(context().trustManager(certificates.root()).clientAuth(ClientAuth.OPTIONAL));
    }

    private SslContextBuilder context() {
        TestCertificates.Issued issued = certificates.server(dnsName);
        return GrpcSslContexts.configure(SslContextBuilder.forServer(
                        issued.keys().getPrivate(), issued.certificate(), certificates.root()))
                .protocols(protocol)
                .option(OpenSslContextOption.GROUPS, groups);
    }

    private static SslContext built(SslContextBuilder context) {
        try {
            return context.build();
        } catch (SSLException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    public void stop() {
        Server running = server;
        if (running != null) {
            running.shutdownNow();
            try {
                if (!running.awaitTermination(5, TimeUnit.SECONDS)) {
                    throw new AssertionError("the server does not stop");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How to reach this server with this token, trusting this root. */
    public ControlPlane address(TestCertificates trusted, String token, Optional<String> alternativeHostname) {
        return address(port, trusted, token, alternativeHostname);
    }

    /** The same by way of another port of this machine. */
    public ControlPlane addressAt(int by, TestCertificates trusted, String token) {
        return address(by, trusted, token, Optional.empty());
    }

    private ControlPlane address(int by, TestCertificates trusted, String token, Optional<String> alternativeHostname) {
        return new ControlPlane(
                URI.create("https://localhost:" + by),
                new ControlPlaneRoots.InFile(file("root.pem", TestCertificates.pem(trusted.root()))),
                alternativeHostname,
                new BearerToken.InFile(file("token", token)),
                "Kubernetes");
    }

    public Path file(String name, String content) {
        try {
            return Files.writeString(directory.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}

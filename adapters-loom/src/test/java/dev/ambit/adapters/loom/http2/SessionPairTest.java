package dev.ambit.adapters.loom.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.loom.stream.BufferBudget;
import dev.ambit.adapters.loom.stream.Duplex;
import dev.ambit.adapters.loom.tls.TlsEngines;
import dev.ambit.adapters.loom.tls.TlsWire;
import dev.ambit.domain.flow.BufferShare;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.http2.ConnectRequest;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.FakeRevocations;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TlsPolicy;
import dev.ambit.ports.transport.TransportLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client's session against a server's, over TLS on loopback. */
@Timeout(60)
class SessionPairTest {
    private static final SpiffeId CLIENT = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId SERVER = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");
    private static final HboneHeaders HEADERS = new HboneHeaders("k8s.namespace.name=shop", "for=\"1.2.3.4:5\"", "");
    private static final TestPki PKI = new TestPki();
    private static final TransportLimits LIMITS = TransportLimits.ISTIO;

    private final BufferBudget budget =
            new BufferBudget(new BufferShare(1L << 30, 1L << 30), new AtomicLong(), _ -> {});
    private final TlsEngines engines = new TlsEngines(TlsPolicy.ISTIO, new FakeRevocations());
    private final WorkloadCertificate clientCertificate = PKI.issue(CLIENT);
    private final WorkloadCertificate serverCertificate = PKI.issue(SERVER);
    private final BlockingQueue<ConnectRequest> requests = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<String> serverEnd = new CompletableFuture<>();
    private final CompletableFuture<String> clientEnd = new CompletableFuture<>();
    private final CompletableFuture<ServerSession> servers = new CompletableFuture<>();
    private final CompletableFuture<ClientSession> clients = new CompletableFuture<>();

    private ServerSession server() {
        return servers.join();
    }

    private ClientSession client() {
        return clients.join();
    }

    private void start(BiConsumer<HboneStream, ConnectRequest> acceptor) throws Exception {
        start(ChannelDuplex.pair(), acceptor);
    }

    private void start(List<? extends Duplex> wire, BiConsumer<HboneStream, ConnectRequest> acceptor) throws Exception {
        var accepted = new TlsWire(wire.getLast(), engines.server(serverCertificate));
        var dialled = new TlsWire(wire.getFirst(), engines.client(clientCertificate, Set.of(SERVER)));
        var server = new ServerSession(accepted, LIMITS, budget, (stream, request) -> {
            requests.add(request);
            acceptor.accept(stream, request);
        });
        var client = new ClientSession(dialled, LIMITS, budget, new ClientSession.Watcher() {
            @Override
            public void ready() {
                ready.complete(null);
            }

            @Override
            public void changed() {
                // Nobody waits for room here.
            }
        });
        servers.complete(server);
        clients.complete(client);
        Thread.startVirtualThread(() -> run(accepted, server, serverEnd, true));
        Thread.startVirtualThread(() -> run(dialled, client, clientEnd, false));
        ready.get(20, TimeUnit.SECONDS);
    }

    private void run(TlsWire wire, Http2Session session, CompletableFuture<String> end, boolean accepts) {
        try {
            if (accepts) {
                wire.hello();
            }
            wire.handshake();
            end.complete(session.run());
        } catch (IOException failed) {
            end.completeExceptionally(failed);
            ready.completeExceptionally(failed);
        }
    }

    @AfterEach
    void close() {
        if (clients.isDone()) {
            client().close();
            server().close();
        }
    }

    private HboneStream connect(String authority) {
        return client().connect(authority, HEADERS).orElseThrow();
    }

    private static void echo(HboneStream stream, ConnectRequest request) {
        stream.accept("service.name=" + request.authority());
        try {
            ByteBuffer bytes = ByteBuffer.allocate(100_000);
            while (stream.read(bytes) >= 0) {
                stream.write(bytes.flip());
                bytes.clear();
            }
            stream.shutdownOutput();
        } catch (IOException gone) {
            stream.abort();
        }
    }

    private static byte[] readAll(Duplex stream) throws IOException {
        var all = new ByteArrayOutputStream();
        ByteBuffer bytes = ByteBuffer.allocate(50_000);
        while (stream.read(bytes) >= 0) {
            all.write(bytes.array(), 0, bytes.position());
            bytes.clear();
        }
        return all.toByteArray();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void requestAnswerBytesAndHalfClose() throws Exception {
        start(SessionPairTest::echo);
        HboneStream stream = connect("10.0.0.1:80");

        assertThat(stream.answer()).isEqualTo("service.name=10.0.0.1:80");
        stream.write(bytes("ping"));
        stream.shutdownOutput();

        assertThat(readAll(stream)).asString().isEqualTo("ping");
        assertThat(requests.take()).isEqualTo(new ConnectRequest("CONNECT", "10.0.0.1:80", HEADERS));
        stream.close();
        assertThat(client().open()).isZero();
    }

    @Test
    void moreThanAnyWindowBothWaysAtOnce() throws Exception {
        start(SessionPairTest::echo);
        HboneStream stream = connect("a:1");
        byte[] text = "0123456789abcdef".repeat(2_000_000).getBytes(StandardCharsets.UTF_8);
        var answer = new CompletableFuture<byte[]>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(readAll(stream));
            } catch (IOException lost) {
                answer.completeExceptionally(lost);
            }
        });

        stream.write(ByteBuffer.wrap(text));
        stream.shutdownOutput();

        assertThat(answer.get(50, TimeUnit.SECONDS)).isEqualTo(text);
    }

    @Test
    void aStreamThatNobodyReadsStallsNobodyElse() throws Exception {
        start((stream, request) -> {
            if (request.authority().startsWith("deaf")) {
                stream.accept("");
            } else {
                echo(stream, request);
            }
        });
        for (int i = 0; i < 6; i++) {
            HboneStream deaf = connect("deaf:1");
            Thread.startVirtualThread(() -> {
                try {
                    deaf.write(ByteBuffer.allocate(16 << 20));
                } catch (IOException _) {
                    // The test is over.
                }
            });
        }

        for (int i = 0; i < 20; i++) {
            HboneStream stream = connect("a:1");
            stream.write(bytes("go"));
            stream.shutdownOutput();
            assertThat(readAll(stream)).asString().isEqualTo("go");
            stream.close();
        }
    }

    @Test
    void aRefusalIsAnAnswerAndLeavesTheTunnelAlone() throws Exception {
        start((stream, request) -> {
            if (request.authority().equals("a:1")) {
                stream.refuse(503);
            } else {
                echo(stream, request);
            }
        });

        assertThatThrownBy(connect("a:1")::answer).hasMessageContaining("503");
        assertThat(connect("b:1").answer()).isNotEmpty();
    }

    @Test
    void anAbortReachesTheOtherEnd() throws Exception {
        var aborted = new CompletableFuture<IOException>();
        start((stream, request) -> {
            stream.accept("");
            try {
                stream.read(ByteBuffer.allocate(10));
            } catch (IOException reset) {
                aborted.complete(reset);
            }
        });
        HboneStream stream = connect("a:1");
        stream.answer();

        stream.abort();

        assertThat(aborted.get(10, TimeUnit.SECONDS)).hasMessageContaining("CONNECT_ERROR");
        assertThatThrownBy(() -> stream.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    }

    @Test
    void aDrainedServerFinishesWhatItHasAndTakesNoMore() throws Exception {
        start(SessionPairTest::echo);
        HboneStream stream = connect("a:1");
        stream.answer();
        var seen = new CompletableFuture<Void>();

        server().goAway(() -> seen.complete(null));

        seen.get(10, TimeUnit.SECONDS);
        stream.write(bytes("last"));
        stream.shutdownOutput();
        assertThat(readAll(stream)).asString().isEqualTo("last");
        assertThat(client().connect("b:1", HEADERS)).isEmpty();
    }

    @Test
    void anEndedSessionTellsItsStreamsWhyAndThePeerNothingBad() throws Exception {
        start(SessionPairTest::echo);
        HboneStream stream = connect("a:1");
        stream.answer();
        var reason = new RefusalReason.Draining();

        client().close(reason);

        assertThatThrownBy(() -> stream.read(ByteBuffer.allocate(1))).hasMessageContaining("closed");
        assertThat(stream.endedFor()).isEqualTo(Optional.of(reason));
        assertThat(clientEnd.get(10, TimeUnit.SECONDS)).isEmpty();
        assertThat(serverEnd.get(10, TimeUnit.SECONDS)).isEmpty();
    }

    /** Double HBONE: a session within a stream of another. */
    @Test
    void aSessionWithinAStream() throws Exception {
        var inner = new LinkedBlockingQueue<HboneStream>();
        start((stream, request) -> {
            stream.accept("");
            inner.add(stream);
        });
        ClientSession outerClient = client();
        ServerSession outerServer = server();
        HboneStream dialled = connect("gateway:1");
        dialled.answer();
        var pair = new SessionPairTest();
        pair.start(List.of(dialled, inner.take()), SessionPairTest::echo);

        HboneStream stream = pair.connect("a:1");
        stream.write(bytes("twice"));
        stream.shutdownOutput();

        assertThat(readAll(stream)).asString().isEqualTo("twice");
        pair.close();
        outerClient.close();
        outerServer.close();
    }

    @Test
    void aServerOfAnotherIdentityIsNotTalkedTo() throws Exception {
        List<ChannelDuplex> wire = ChannelDuplex.pair();
        var accepted = new TlsWire(wire.getLast(), engines.server(serverCertificate));
        var dialled = new TlsWire(wire.getFirst(), engines.client(clientCertificate, Set.of(CLIENT)));
        var refused = new CompletableFuture<IOException>();
        Thread.startVirtualThread(() -> {
            try {
                accepted.hello();
                accepted.handshake();
                accepted.read(ByteBuffer.allocate(TlsWire.RECORD_BYTES_MAX));
            } catch (IOException alert) {
                refused.complete(alert);
            }
        });

        assertThatThrownBy(dialled::handshake).hasStackTraceContaining("expected one of");
        dialled.abort();

        assertThat(refused.get(10, TimeUnit.SECONDS)).isNotNull();
    }
}

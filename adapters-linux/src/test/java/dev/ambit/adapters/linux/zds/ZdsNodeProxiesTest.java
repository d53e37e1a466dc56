package dev.ambit.adapters.linux.zds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.proto.WorkloadRequest;
import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NodeProxies;
import dev.ambit.ports.podnetwork.NodeProxiesContract;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.ports.podnetwork.RecordingPodListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZdsNodeProxiesTest extends NodeProxiesContract {
    private static final Duration IMPATIENT = Duration.ofMillis(400);

    @TempDir
    private Path folder = Path.of("");

    @Override
    protected NodeProxies proxies() {
        return new ZdsNodeProxies(socket());
    }

    @Override
    protected PodFeed feed() {
        return new ZdsPodFeed(socket());
    }

    @Override
    protected NetworkNamespace namespace() {
        return LinuxNetworkNamespace.createAnonymous();
    }

    private static final NodeProxies.Snapshot NO_PODS =
            () -> CompletableFuture.completedFuture(new NodeProxies.Pods(List.of(), List.of()));

    private Path socket() {
        return folder.resolve("run/ztunnel.sock");
    }

    private ZdsNodeProxies impatientAgent() {
        var agent = closing(new ZdsNodeProxies(socket(), IMPATIENT));
        agent.start(NO_PODS);
        return agent;
    }

    /** A proxy that does as the test says: it has greeted and acknowledged the empty snapshot. */
    private SeqPacketSocket handMadeProxy(NodeProxies agent) throws IOException {
        int before = agent.connected();
        SeqPacketSocket proxy = closing(SeqPacketSocket.connect(socket()));
        proxy.send(ZdsMessages.hello().toByteArray());
        assertThat(read(proxy).hasSnapshotSent()).isTrue();
        proxy.send(ZdsMessages.acknowledged().toByteArray());
        awaitConnected(agent, before + 1);
        return proxy;
    }

    private static WorkloadRequest read(SeqPacketSocket proxy) throws IOException {
        try (var packet = proxy.receive(ZdsMessages.REQUEST_BYTES_MAX).orElseThrow()) {
            return WorkloadRequest.parseFrom(packet.data());
        }
    }

    @Test
    void socketIsForItsOwnerAndGoesAway() throws IOException {
        NodeProxies agent = agent();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");
        agent.close();
        assertThat(socket()).doesNotExist();
    }

    @Test
    void staleSocketIsReplaced() throws IOException {
        Files.createDirectories(folder.resolve("run"));
        SeqPacketSocket.listen(socket(), 1).close();
        assertThat(socket()).exists();

        connected(agent());
    }

    @Test
    void socketThatCannotBeMadeIsAnError() throws IOException {
        Files.createFile(folder.resolve("run"));

        try (NodeProxies agent = proxies()) {
            assertThatThrownBy(() -> agent.start(NO_PODS))
                    .isInstanceOf(PodNetworkException.class)
                    .hasMessageContaining(socket().toString());
        }
    }

    @Test
    void pathTooLongForASocketIsAnError() {
        Path tooLong = folder.resolve("x".repeat(120));

        try (NodeProxies agent = new ZdsNodeProxies(tooLong)) {
            assertThatThrownBy(() -> agent.start(NO_PODS))
                    .isInstanceOf(PodNetworkException.class)
                    .hasMessageContaining("longer than 107 bytes");
        }
    }

    @Test
    void silentProxyIsDroppedAndOthersCarryOn() throws Exception {
        ZdsNodeProxies agent = impatientAgent();
        RecordingPodListener good = connected(agent);
        SeqPacketSocket silent = handMadeProxy(agent);

        done(agent.add(enrolled(CART)));
        assertThat(read(silent).getAdd().getUid()).isEqualTo("uid-cart");

        awaitConnected(agent, 1);
        done(agent.add(enrolled(BILL)));
        assertThat(good.heard()).endsWith("added shop/cart", "added shop/bill");
    }

    @Test
    void silenceOfTheOnlyProxyIsSaid() throws Exception {
        ZdsNodeProxies agent = impatientAgent();
        handMadeProxy(agent);

        CompletionStage<Void> toSilent = agent.add(enrolled(CART));

        assertThatThrownBy(() -> done(toSilent))
                .hasCauseInstanceOf(PodNetworkException.class)
                .hasMessageContaining("did not acknowledge add of pod shop/cart within 400 ms");
        awaitConnected(agent, 0);
    }

    @Test
    void removalDoesNotWaitForeverForASilentProxy() throws Exception {
        ZdsNodeProxies agent = impatientAgent();
        RecordingPodListener good = connected(agent);
        handMadeProxy(agent);

        done(agent.remove(CART));

        assertThat(good.heard()).endsWith("removed uid-cart");
        awaitConnected(agent, 1);
    }

    @Test
    void garbageInsteadOfAnAcknowledgementEndsThatConnectionOnly() throws Exception {
        NodeProxies agent = agent();
        RecordingPodListener good = connected(agent);
        SeqPacketSocket mad = handMadeProxy(agent);

        mad.send("\377\377\377 garbage".getBytes(UTF_8));

        awaitConnected(agent, 1);
        done(agent.add(enrolled(CART)));
        assertThat(good.heard()).endsWith("added shop/cart");
    }

    @Test
    void acknowledgementNobodyAskedForEndsTheConnection() throws Exception {
        NodeProxies agent = agent();
        SeqPacketSocket mad = handMadeProxy(agent);

        mad.send(ZdsMessages.acknowledged().toByteArray());

        awaitConnected(agent, 0);
    }

    @Test
    void proxyThatNeverGreetsGetsNoPods() throws Exception {
        ZdsNodeProxies agent = impatientAgent();
        RecordingPodListener good = connected(agent);
        SeqPacketSocket mute = closing(SeqPacketSocket.connect(socket()));

        done(agent.add(enrolled(CART)));

        assertThat(good.heard()).endsWith("added shop/cart");
        assertThat(mute.receive(1024)).as("dropped after a while").isEmpty();
    }

    @Test
    void helloOfAnotherVersionIsTurnedAway() throws Exception {
        NodeProxies agent = agent();
        SeqPacketSocket old = closing(SeqPacketSocket.connect(socket()));

        old.send(new byte[] {8, 9});

        assertThat(old.receive(1024)).isEmpty();
        assertThat(agent.connected()).isZero();
    }

    @Test
    void podWhoseAddWouldBeCutOffFails() throws Exception {
        NodeProxies agent = agent();
        connected(agent);
        var endless = new PodRef("uid", "n".repeat(2000), "p", "s");

        assertThatThrownBy(() -> done(agent.add(enrolled(endless))))
                .hasCauseInstanceOf(PodNetworkException.class)
                .hasMessageContaining("a proxy reads 1024");
        done(agent.add(enrolled(CART)));
    }

    @Test
    void noMoreConnectionsThanTheLimit() throws Exception {
        NodeProxies agent = agent();
        for (int i = 0; i < 16; i++) {
            handMadeProxy(agent);
        }
        SeqPacketSocket tooMany = closing(SeqPacketSocket.connect(socket()));

        assertThat(tooMany.receive(1024)).isEmpty();
        assertThat(agent.connected()).isEqualTo(16);
    }
}

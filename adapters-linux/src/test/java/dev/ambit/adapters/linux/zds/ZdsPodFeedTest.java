package dev.ambit.adapters.linux.zds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.adapters.linux.proto.AddWorkload;
import dev.ambit.adapters.linux.proto.KeepWorkload;
import dev.ambit.adapters.linux.proto.WorkloadRequest;
import dev.ambit.adapters.linux.proto.WorkloadResponse;
import dev.ambit.adapters.linux.syscall.Libc;
import dev.ambit.adapters.linux.syscall.SeqPacketSocket;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NodeProxies;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.podnetwork.PodFeedContract;
import dev.ambit.ports.podnetwork.RecordingPodListener;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZdsPodFeedTest extends PodFeedContract {
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

    private Path socket() {
        return folder.resolve("ztunnel.sock");
    }

    /** An agent that says what the test says, to one proxy. */
    private final class HandMadeAgent {
        private final SeqPacketSocket listening;
        private SeqPacketSocket connection;
        private final RecordingPodListener proxy;

        HandMadeAgent() throws IOException {
            listening = closing(SeqPacketSocket.listen(socket(), 4));
            proxy = started();
            connection = acceptProxy();
        }

        final SeqPacketSocket acceptProxy() {
            connection = closing(listening.accept());
            try (var hello = connection.receive(1024).orElseThrow()) {
                assertThat(hello.data()).isEqualTo(ByteBuffer.wrap(new byte[] {8, 1}));
            }
            return connection;
        }

        /** The error in the proxy's acknowledgement; empty is good. */
        String ask(byte[] request, int... descriptors) throws IOException {
            connection.send(request, descriptors);
            try (var answer = connection.receive(4096).orElseThrow()) {
                return WorkloadResponse.parseFrom(answer.data()).getAck().getError();
            }
        }

        /** Shows that the connection still works. */
        void addGoodPod() throws IOException {
            try (var namespace = LinuxNetworkNamespace.createAnonymous()) {
                int before = proxy.namespaces().size();
                namespace.<Void>withFd(fd -> {
                    try {
                        assertThat(ask(add(), fd)).isEmpty();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    return null;
                });
                assertThat(proxy.namespaces()).hasSize(before + 1);
            }
        }
    }

    private static byte[] add() {
        return ZdsMessages.add(CART).toByteArray();
    }

    private static byte[] keep(String uid) {
        return WorkloadRequest.newBuilder()
                .setKeep(KeepWorkload.newBuilder().setUid(uid))
                .build()
                .toByteArray();
    }

    private static byte[] snapshotSent() {
        return ZdsMessages.snapshotSent().toByteArray();
    }

    @Test
    void addWithoutDescriptorIsRefused() throws IOException {
        var agent = new HandMadeAgent();

        assertThat(agent.ask(add())).contains("uid-cart").contains("0 file descriptors instead of 1");
        agent.addGoodPod();
    }

    @Test
    void addWithTwoDescriptorsIsRefusedAndBothAreClosed() throws IOException {
        var agent = new HandMadeAgent();
        int one = Libc.open(Path.of("/proc/self/ns/net"));
        int two = Libc.open(Path.of("/proc/self/ns/net"));
        long before = openDescriptors();

        assertThat(agent.ask(add(), one, two)).contains("2 file descriptors instead of 1");
        assertThat(openDescriptors()).isEqualTo(before);
        Libc.close(one);
        Libc.close(two);
        agent.addGoodPod();
    }

    private static long openDescriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @Test
    void descriptorThatIsNoNamespaceIsRefused() throws IOException {
        var agent = new HandMadeAgent();
        int file = Libc.open(Path.of("/proc/self/status"));

        assertThat(agent.ask(add(), file)).contains("not a network namespace");
        Libc.close(file);
        agent.addGoodPod();
    }

    @Test
    void addWithoutWorkloadInfoEndsTheFeed() throws IOException {
        var agent = new HandMadeAgent();
        int netns = Libc.open(Path.of("/proc/self/ns/net"));
        byte[] bare = WorkloadRequest.newBuilder()
                .setAdd(AddWorkload.newBuilder().setUid("uid-bare"))
                .build()
                .toByteArray();

        agent.connection.send(bare, netns);

        assertThat(agent.connection.receive(1024)).isEmpty();
        Libc.close(netns);
        agent.proxy.awaitExactly("snapshot started", "broken: add of pod uid uid-bare lacks workload_info");
    }

    @Test
    void descriptorBesideAnotherRequestIsRefused() throws IOException {
        var agent = new HandMadeAgent();
        int netns = Libc.open(Path.of("/proc/self/ns/net"));

        assertThat(agent.ask(keep("uid-cart"), netns)).contains("KEEP carries 1 file descriptors");
        Libc.close(netns);
        agent.addGoodPod();
    }

    @Test
    void removalWithADescriptorIsRefusedAndWithoutIsHeard() throws IOException {
        var agent = new HandMadeAgent();
        byte[] removal = ZdsMessages.remove(CART).toByteArray();
        int netns = Libc.open(Path.of("/proc/self/ns/net"));

        assertThat(agent.ask(removal, netns)).contains("DEL carries 1 file descriptors");
        Libc.close(netns);
        assertThat(agent.ask(removal)).isEmpty();
        agent.proxy.awaitExactly("snapshot started", "removed uid-cart");
    }

    @Test
    void requestCutOffAt1024BytesIsRefused() throws IOException {
        var agent = new HandMadeAgent();

        assertThat(agent.ask(keep("u".repeat(2000)))).contains("longer than 1024 bytes");
        agent.addGoodPod();
    }

    @Test
    void garbageIsRefused() throws IOException {
        var agent = new HandMadeAgent();

        assertThat(agent.ask("\377 garbage".getBytes(UTF_8))).contains("not a WorkloadRequest");
        assertThat(agent.ask(new byte[] {0x3a, 0})).contains("no kind this proxy knows");
        agent.addGoodPod();
    }

    @Test
    void longExcuseIsCutToWhatTheAgentReads() throws IOException {
        var agent = new HandMadeAgent();
        agent.proxy.answerWith(CompletableFuture.failedStage(new IllegalStateException("x".repeat(9000))));

        assertThat(agent.ask(keep("uid-cart"))).hasSize(1000);
    }

    @Test
    void keepIsHeard() throws IOException {
        var agent = new HandMadeAgent();

        assertThat(agent.ask(keep("uid-cart"))).isEmpty();
        assertThat(agent.ask(snapshotSent())).isEmpty();

        agent.proxy.awaitExactly("snapshot started", "kept uid-cart", "snapshot completed");
    }

    @Test
    void secondEndOfSnapshotEndsTheFeed() throws IOException {
        var agent = new HandMadeAgent();
        assertThat(agent.ask(snapshotSent())).isEmpty();

        agent.connection.send(snapshotSent());

        assertThat(agent.connection.receive(1024)).isEmpty();
        agent.proxy.awaitExactly("snapshot started", "snapshot completed", "broken: a second end of snapshot");
    }

    @Test
    void keepAfterTheSnapshotEndsTheFeed() throws IOException {
        var agent = new HandMadeAgent();
        assertThat(agent.ask(snapshotSent())).isEmpty();

        agent.connection.send(keep("uid-cart"));

        assertThat(agent.connection.receive(1024)).isEmpty();
        agent.proxy.awaitExactly(
                "snapshot started", "snapshot completed", "broken: keep of pod uid uid-cart after the snapshot");
    }
}

package dev.ambit.services.cniagent.enrol;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.Capture;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.PodStatusWriter;
import dev.ambit.ports.podnetwork.FakeNetworkNamespaces;
import dev.ambit.ports.podnetwork.FakeNodeProxies;
import dev.ambit.ports.podnetwork.FakePodRedirection;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodFeed;
import dev.ambit.ports.podnetwork.PodRedirection;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A node agent on a node that is not there; its journal has everything the agent did, in order. */
final class FakeNode implements PodRedirection, PodStatusWriter, PodFeed.Listener {
    static final Duration RETRY = Duration.ofMillis(500);

    final List<String> journal = new ArrayList<>();
    final FakeNetworkNamespaces namespaces = new FakeNetworkNamespaces();
    final FakePodRedirection rules = new FakePodRedirection();
    final FakeNodeProxies proxies = new FakeNodeProxies();
    final RecordingTelemetry telemetry = new RecordingTelemetry();
    final ManualScheduler time = new ManualScheduler();
    final NodeAgent agent = new NodeAgent(
            new Enrolment(Set.of("kube-system"), Capture.CONNECTIONS_AND_NAMES),
            namespaces,
            this,
            proxies,
            this,
            time,
            telemetry);
    private final Set<String> refusedByProxy = new HashSet<>();
    private CompletableFuture<Void> proxyAnswer = CompletableFuture.completedFuture(null);
    private boolean statusBroken;
    private boolean applyBroken;

    static NodePod pod(String name, int host, String mode) {
        return new NodePod(
                new PodRef("uid-" + name, "shop", name, name),
                List.of(IpAddress.of("10.0.0." + host)),
                mode.isEmpty() ? Map.of() : Map.of(Enrolment.DATAPLANE_MODE, mode),
                Map.of(),
                Map.of(),
                false,
                false);
    }

    static NodePod annotated(NodePod pod, String annotation, String value) {
        return new NodePod(
                pod.ref(),
                pod.addresses(),
                pod.labels(),
                Map.of(annotation, value),
                pod.namespaceLabels(),
                false,
                false);
    }

    static NodePod enrolled(String name, int host) {
        return pod(name, host, "ambient");
    }

    static NetworkNamespace.Id namespace(long inode) {
        return new NetworkNamespace.Id(4, inode);
    }

    /** An agent that was told of a node without pods. */
    FakeNode started() {
        agent.start();
        pods();
        return this;
    }

    /** An agent that was told of nothing. */
    FakeNode startedUntold() {
        agent.start();
        return this;
    }

    /** The proxy answers when this is done. */
    void proxyAnswersWith(CompletableFuture<Void> stage) {
        proxyAnswer = stage;
    }

    /** A node proxy connects; it serves what it is given, unless told otherwise. */
    FakeNode withProxy() {
        proxies.feed().start(this);
        return this;
    }

    void pods(NodePod... pods) {
        agent.pods(List.of(pods));
        time.runDue();
    }

    void retry() {
        time.advance(RETRY);
    }

    void proxyRefuses(String name) {
        refusedByProxy.add(name);
    }

    void proxyAccepts(String name) {
        refusedByProxy.remove(name);
    }

    void breakStatus(boolean broken) {
        statusBroken = broken;
    }

    /** Redirection throws what no adapter should throw. */
    void breakApply(boolean broken) {
        applyBroken = broken;
    }

    @Override
    public void apply(NetworkNamespace namespace, Capture capture) {
        if (applyBroken && namespace.id().inode() == 7) {
            throw new IllegalStateException("thrown on purpose");
        }
        rules.apply(namespace, capture);
        journal.add("rules into " + namespace.id().inode() + (capture == Capture.CONNECTIONS ? " without names" : ""));
    }

    @Override
    public void remove(NetworkNamespace namespace) {
        rules.remove(namespace);
        journal.add("rules out of " + namespace.id().inode());
    }

    @Override
    public boolean isApplied(NetworkNamespace namespace) {
        return rules.isApplied(namespace);
    }

    @Override
    public void redirection(PodRef pod, Redirection redirection) {
        if (statusBroken) {
            throw new ConfigurationException("status folder is full");
        }
        journal.add(redirection + " " + pod.name());
    }

    @Override
    public void snapshotStarted() {
        journal.add("snapshot");
    }

    @Override
    public CompletionStage<Void> added(PodRef pod, NetworkNamespace namespace) {
        if (refusedByProxy.contains(pod.name())) {
            return CompletableFuture.failedFuture(new IllegalStateException("port 15001 is taken"));
        }
        journal.add("proxy has " + pod.name() + " in " + namespace.id().inode());
        namespace.close();
        return proxyAnswer;
    }

    @Override
    public CompletionStage<Void> kept(String uid) {
        journal.add("kept " + uid);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> snapshotCompleted() {
        journal.add("snapshot ends");
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> removed(String uid) {
        journal.add("proxy lost " + uid);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void broken(String violation) {
        journal.add("broken: " + violation);
    }

    @Override
    public void disconnected(String why) {
        journal.add("proxy disconnected");
    }
}

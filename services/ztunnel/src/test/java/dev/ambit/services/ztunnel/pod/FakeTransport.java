package dev.ambit.services.ztunnel.pod;

import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Opens nothing, and remembers what it was asked to serve. */
final class FakeTransport implements Transport {
    final List<Proxy> proxies = new ArrayList<>();
    private final Set<String> refused = new HashSet<>();
    final Set<String> served = new HashSet<>();

    /** One pod's listeners, if they were real. */
    static final class Proxy implements PodProxy {
        final PodBinding binding;
        final CompletableFuture<Void> drained = new CompletableFuture<>();
        final List<Duration> deadlines = new ArrayList<>();
        PodUsage usage = new PodUsage(0, 0);
        boolean hasSuccessor;
        boolean closed;

        Proxy(PodBinding binding) {
            this.binding = binding;
        }

        @Override
        public ListenPorts ports() {
            return binding.ports();
        }

        @Override
        public PodUsage usage() {
            return usage;
        }

        @Override
        public boolean hasSuccessor() {
            return hasSuccessor;
        }

        @Override
        public CompletionStage<Void> drain(Duration deadline) {
            deadlines.add(deadline);
            return drained;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    void refuse(String podName) {
        refused.add(podName);
    }

    boolean refuses(String podName) {
        return refused.contains(podName);
    }

    void accept(String podName) {
        refused.remove(podName);
    }

    Proxy last() {
        return proxies.getLast();
    }

    @Override
    public PodProxy serve(PodBinding pod, FlowDecisions decisions) {
        if (refused.contains(pod.pod().name())) {
            throw new TransportException("port 15008 is taken", new IllegalStateException());
        }
        var proxy = new Proxy(pod);
        proxies.add(proxy);
        return proxy;
    }

    @Override
    public boolean isServed(PodBinding pod) {
        return served.contains(pod.pod().name());
    }

    @Override
    public void close() {
        proxies.forEach(Proxy::close);
    }
}

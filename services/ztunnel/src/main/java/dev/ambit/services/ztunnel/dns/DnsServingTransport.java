package dev.ambit.services.ztunnel.dns;

import dev.ambit.ports.transport.FlowDecisions;
import dev.ambit.ports.transport.ListenPorts;
import dev.ambit.ports.transport.PodProxy;
import dev.ambit.ports.transport.PodUsage;
import dev.ambit.ports.transport.Transport;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A transport whose pods are served DNS as well, for exactly as long: neither is ever there without the other. */
public final class DnsServingTransport implements Transport {
    private final Transport transport;
    private final DnsProxy dns;

    public DnsServingTransport(Transport transport, DnsProxy dns) {
        this.transport = transport;
        this.dns = dns;
    }

    @Override
    public PodProxy serve(PodBinding pod, FlowDecisions decisions) {
        if (pod.ports().equals(ListenPorts.TUNNEL_ONLY)) {
            // A pod whose traffic is not redirected asks its own resolver.
            return transport.serve(pod, decisions);
        }
        DnsProxy.ServedNames names = dns.serve(pod.pod(), pod.namespace());
        try {
            return new PodProxyWithNames(transport.serve(pod.withNames(names::addressOf), decisions), names);
        } catch (RuntimeException e) {
            names.close();
            throw e;
        }
    }

    @Override
    public boolean isServed(PodBinding pod) {
        return transport.isServed(pod);
    }

    /** Closes the pods' connections; their names go with each pod's proxy. */
    @Override
    public void close() {
        transport.close();
    }

    /** Names are served to the last: connections that may still finish may still have to look something up. */
    private record PodProxyWithNames(PodProxy proxy, DnsProxy.ServedNames names) implements PodProxy {
        @Override
        public ListenPorts ports() {
            return proxy.ports();
        }

        @Override
        public PodUsage usage() {
            return proxy.usage();
        }

        @Override
        public boolean hasSuccessor() {
            return proxy.hasSuccessor();
        }

        @Override
        public CompletionStage<Void> drain(Duration deadline) {
            return proxy.drain(deadline).whenComplete((_, _) -> names.close());
        }

        @Override
        public void close() {
            proxy.close();
            names.close();
        }
    }
}

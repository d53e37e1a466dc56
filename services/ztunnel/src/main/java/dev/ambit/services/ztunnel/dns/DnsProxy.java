package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.NameResolver;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves DNS in every pod. */
public final class DnsProxy {
    private static final Logger LOG = LoggerFactory.getLogger(DnsProxy.class);

    private final DnsServer server;
    private final DnsProxyOptions options;
    private final NameResolver resolver;
    private final Forwarding forwarding;
    private final CurrentMesh mesh;
    private final DnsTelemetry telemetry;
    private final Duration workloadWait;

    /**
     * Serves nobody yet.
     *
     * @param workloadWait how long a question may wait for its pod's workload to arrive
     */
    public DnsProxy(
            DnsServer server,
            DnsProxyOptions options,
            NameResolver resolver,
            Forwarding forwarding,
            CurrentMesh mesh,
            Meter meter,
            Duration workloadWait) {
        this.server = server;
        this.options = options;
        this.resolver = resolver;
        this.forwarding = forwarding;
        this.mesh = mesh;
        this.telemetry = new DnsTelemetry(meter);
        this.workloadWait = workloadWait;
    }

    /**
     * Serves a pod until the result is closed; the caller keeps the namespace open until then.
     *
     * @throws dev.ambit.ports.podnetwork.PodNetworkException if the port cannot be bound
     */
    public ServedNames serve(PodRef pod, NetworkNamespace namespace) {
        var names = new PodNames(pod, resolver, forwarding.new OfPod(namespace), mesh, telemetry, workloadWait);
        DnsListener listener =
                server.serve(new DnsServer.DnsBinding(namespace, options.addresses(), options.port()), names);
        LOG.info(
                "serving DNS\tpod={} addresses={} port={}",
                pod,
                listener.addresses().stream().map(IpAddress::of).toList(),
                listener.port());
        return new ServedNames(listener, names);
    }

    /** One pod's DNS. */
    public static final class ServedNames implements AutoCloseable {
        private final DnsListener listener;
        private final PodNames names;

        private ServedNames(DnsListener listener, PodNames names) {
            this.listener = listener;
            this.names = names;
        }

        /** The port on which the pod is served. */
        public int port() {
            return listener.port();
        }

        /** An address that the pod's own question for a name would get; empty if it would get none. */
        public CompletionStage<Optional<IpAddress>> addressOf(String hostname, IpAddress.Family family) {
            return names.addressOf(hostname, family);
        }

        @Override
        public void close() {
            listener.close();
        }
    }
}

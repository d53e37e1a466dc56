package dev.ambit.adapters.netty.dns;

import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsListener;
import dev.ambit.ports.dns.DnsMessages;
import dev.ambit.ports.dns.DnsServer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** DNS for pods, on one event loop for all of them. */
public final class NettyDnsServer implements DnsServer {
    private final DnsLimits limits;
    private final DnsLoop loop;
    private final Set<PodDnsListener> listeners = ConcurrentHashMap.newKeySet();

    public NettyDnsServer(DnsLimits limits) {
        this.limits = limits;
        this.loop = new DnsLoop("dns", limits.packetMark());
    }

    @Override
    public DnsListener serve(DnsBinding binding, DnsMessages messages) {
        var listener = PodDnsListener.bind(
                loop, binding, limits.portReuse(), new PodMessages(limits, messages), listeners::remove);
        listeners.add(listener);
        return listener;
    }

    @Override
    public void close() {
        Set.copyOf(listeners).forEach(PodDnsListener::close);
        loop.close();
    }
}

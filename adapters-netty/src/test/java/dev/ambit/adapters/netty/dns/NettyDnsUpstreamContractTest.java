package dev.ambit.adapters.netty.dns;

import dev.ambit.ports.dns.DnsUpstream;
import dev.ambit.ports.dns.DnsUpstreamContract;

class NettyDnsUpstreamContractTest extends DnsUpstreamContract {
    @Override
    protected DnsUpstream upstream() {
        return new NettyDnsUpstream(0);
    }
}

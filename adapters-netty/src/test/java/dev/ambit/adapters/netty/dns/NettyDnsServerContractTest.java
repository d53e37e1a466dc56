package dev.ambit.adapters.netty.dns;

import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.dns.DnsServerContract;

class NettyDnsServerContractTest extends DnsServerContract {
    @Override
    protected DnsServer server(DnsLimits limits) {
        return new NettyDnsServer(limits);
    }
}

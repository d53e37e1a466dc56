package dev.ambit.adapters.netty.dns;

import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsServer;
import dev.ambit.ports.dns.DnsServerLimitsContract;

class NettyDnsServerLimitsTest extends DnsServerLimitsContract {
    @Override
    protected DnsServer server(DnsLimits limits) {
        return new NettyDnsServer(limits);
    }
}

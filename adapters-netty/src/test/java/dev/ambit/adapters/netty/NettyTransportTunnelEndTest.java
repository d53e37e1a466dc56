package dev.ambit.adapters.netty;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import dev.ambit.ports.transport.TransportTunnelEndContract;

/** One event loop, because tunnels are an event loop's own. */
class NettyTransportTunnelEndTest extends TransportTunnelEndContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new NettyTransport(new NettyOptions(1), limits, security);
    }
}

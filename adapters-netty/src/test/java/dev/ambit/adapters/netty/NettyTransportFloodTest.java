package dev.ambit.adapters.netty;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportFloodContract;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;

class NettyTransportFloodTest extends TransportFloodContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new NettyTransport(new NettyOptions(2), limits, security);
    }
}

package dev.ambit.adapters.netty;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportHandOverContract;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;

class NettyTransportHandOverTest extends TransportHandOverContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new NettyTransport(new NettyOptions(2), limits, security);
    }
}

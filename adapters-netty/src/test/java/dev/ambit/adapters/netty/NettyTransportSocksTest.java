package dev.ambit.adapters.netty;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import dev.ambit.ports.transport.TransportSocksContract;

class NettyTransportSocksTest extends TransportSocksContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new NettyTransport(new NettyOptions(2), limits, security);
    }
}

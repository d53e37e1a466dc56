package dev.ambit.adapters.netty;

import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportFloodContract;
import dev.ambit.ports.transport.TransportLimits;

class NettyTransportFloodTest extends TransportFloodContract {
    @Override
    protected Transport transport(TransportLimits limits, Credentials credentials) {
        return new NettyTransport(new NettyOptions(2), limits, credentials);
    }
}

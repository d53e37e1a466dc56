package dev.ambit.adapters.netty;

import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportOverloadContract;

class NettyTransportOverloadTest extends TransportOverloadContract {
    @Override
    protected Transport transport(TransportLimits limits, Credentials credentials) {
        return new NettyTransport(new NettyOptions(2), limits, credentials);
    }
}

package dev.ambit.adapters.loom;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportDoubleTunnelContract;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;

class LoomTransportDoubleTunnelTest extends TransportDoubleTunnelContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new LoomTransport(limits, security);
    }
}

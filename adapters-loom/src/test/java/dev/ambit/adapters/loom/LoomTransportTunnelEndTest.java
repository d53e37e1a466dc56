package dev.ambit.adapters.loom;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSecurity;
import dev.ambit.ports.transport.TransportTunnelEndContract;

class LoomTransportTunnelEndTest extends TransportTunnelEndContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new LoomTransport(limits, security);
    }
}

package dev.ambit.adapters.loom;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportOutboundContract;
import dev.ambit.ports.transport.TransportSecurity;

class LoomTransportOutboundTest extends TransportOutboundContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new LoomTransport(limits, security);
    }
}

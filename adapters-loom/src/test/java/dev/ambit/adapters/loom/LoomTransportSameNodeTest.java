package dev.ambit.adapters.loom;

import dev.ambit.ports.transport.Transport;
import dev.ambit.ports.transport.TransportLimits;
import dev.ambit.ports.transport.TransportSameNodeContract;
import dev.ambit.ports.transport.TransportSecurity;

class LoomTransportSameNodeTest extends TransportSameNodeContract {
    @Override
    protected Transport transport(TransportLimits limits, TransportSecurity security) {
        return new LoomTransport(limits, security);
    }
}

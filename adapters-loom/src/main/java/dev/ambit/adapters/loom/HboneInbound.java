package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.domain.flow.Reporter;
import java.io.IOException;

/** Port 15008: tunnels to the pod. */
final class HboneInbound {
    private final Pod pod;

    HboneInbound(Pod pod) {
        this.pod = pod;
    }

    void carry(SocketDuplex caller) throws IOException {
        pod.rejected(Reporter.DESTINATION, caller.remote(), caller.local(), "this transport does not speak HBONE");
        caller.abort();
    }
}

package dev.ambit.services.ztunnel;

import dev.ambit.adapters.linux.namespace.Privileges;
import dev.ambit.adapters.netty.tls.TlsLibrary;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every start needs and no setting changes, begun beside the wiring: native libraries, and the code of TLS and gRPC.
 * Nothing waits for it, and nothing depends on it: whoever comes first loads it, the other one waits for that class.
 */
final class HeadStart {
    private static final Logger LOG = LoggerFactory.getLogger(HeadStart.class);

    static void begin() {
        run("head-start-native", () -> {
            Privileges.prepare();
            TlsLibrary.load();
        });
        run("head-start-grpc", ControlPlaneChannel::prepare);
    }

    private static void run(String name, Runnable part) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                part.run();
            } catch (RuntimeException | LinkageError e) {
                // Who needs it in earnest fails in the same way, and knows what that means.
                LOG.debug("nothing gained", e);
            }
        });
    }

    private HeadStart() {}
}

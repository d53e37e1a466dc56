package dev.ambit.services.ztunnel.config;

import java.nio.file.Path;

/**
 * How pods are handed over in shared mode.
 *
 * @param socket of the node agent
 * @param portReuse whether pod listeners set SO_REUSEPORT, so that a successor can listen beside this process
 */
public record InPodConfig(Path socket, boolean portReuse) {
    static InPodConfig read(Settings settings) {
        return new InPodConfig(Path.of(settings.text("INPOD_UDS")), settings.flag("INPOD_PORT_REUSE"));
    }
}

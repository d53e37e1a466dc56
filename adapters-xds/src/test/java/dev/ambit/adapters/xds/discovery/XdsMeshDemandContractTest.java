package dev.ambit.adapters.xds.discovery;

import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.discovery.MeshDemandContract;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.discovery.MeshFeed;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class XdsMeshDemandContractTest extends MeshDemandContract {
    @TempDir
    Path directory;

    @Override
    protected ControlPlane serve(MeshFeed feed) {
        var mesh = new TestMesh(feed, directory);
        return new ControlPlane() {
            private boolean up = true;

            @Override
            public MeshDiscovery client() {
                return mesh.client();
            }

            @Override
            public MeshDiscovery clientOnDemand(int namesMax) {
                return mesh.clientOnDemand(new DemandLimits(namesMax, 1_024, Duration.ZERO));
            }

            @Override
            public void disconnect() {
                mesh.stop();
                up = false;
            }

            @Override
            public void reconnect() {
                mesh.start();
                up = true;
            }

            @Override
            public void close() {
                if (up) {
                    mesh.close();
                }
            }
        };
    }

    /** Longer than any text the decoder accepts. */
    @Override
    protected Workload unusable() {
        return workload("bad", "10.0.0.66").toBuilder().node("n".repeat(5_000)).build();
    }
}

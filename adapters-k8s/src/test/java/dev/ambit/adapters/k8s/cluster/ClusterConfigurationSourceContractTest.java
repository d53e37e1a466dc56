package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.ports.configuration.ConfigurationSourceContract;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

class ClusterConfigurationSourceContractTest extends ConfigurationSourceContract {
    private final TestCluster cluster = TestCluster.shared();
    private final ClusterConnection connection = cluster.controlPlane();
    private final ConfigurationSource source = new ClusterConfigurationSource(
            connection,
            DerivationOptions.defaults(),
            new ClusterStatusWriter(connection, Clock.systemUTC(), new RecordingTelemetry()));

    /** Outside of any test, because the first start in a JVM takes seconds. */
    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void closeCluster() {
        source.close();
        cluster.close();
    }

    @Override
    protected ConfigurationSource source() {
        return source;
    }

    @Override
    protected void write(String object, String yaml) {
        cluster.write(object, yaml);
    }

    @Override
    protected void delete(String object) {
        cluster.delete(object);
    }
}

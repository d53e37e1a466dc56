package dev.ambit.systemtests;

import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The scenarios on an API server with our own node proxies. */
class OwnClusterScenariosTest extends ClusterScenarios {
    @BeforeAll
    static void startOurs() {
        start(Set.of());
    }

    @AfterAll
    static void stopOurs() {
        stop();
    }
}

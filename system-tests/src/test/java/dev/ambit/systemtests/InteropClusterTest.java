package dev.ambit.systemtests;

import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios on an API server with another implementation's node proxies, on both nodes and beside ours; run by
 * {@code ./ambit verify --interop --peer FILE}.
 */
@Tag("interop")
@ParameterizedClass
@MethodSource("theirNodes")
class InteropClusterTest extends ClusterScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Set<String> peerNodes;

    static Stream<Set<String>> theirNodes() {
        return Stream.of(Set.of("node-a", "node-b"), Set.of("node-a"), Set.of("node-b"));
    }

    @BeforeParameterizedClassInvocation
    static void startTheirs(Set<String> nodes) {
        start(nodes);
    }

    @AfterParameterizedClassInvocation
    static void stopTheirs() {
        stop();
    }
}

package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.HashMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names of a large cluster are numbered, in numbered namespaces. What a record adds up of their hashes coincides by the thousand,
 * and a map walks over all keys of one hash; counted here, since time says little on a busy machine.
 */
class NumberedNamesTest {
    private static final int NAMESPACES = 50;
    private static final int NAMES = 1_000;
    private static final TrustDomain CLUSTER = new TrustDomain("cluster.local");

    static Stream<Arguments> keys() {
        return Stream.of(
                keys("pod", (i, j) -> new WorkloadIndex.PodKey("many-" + i, "pod-" + j, "sa-" + j)),
                keys("pod of one account", (i, j) -> new WorkloadIndex.PodKey("many-" + i, "pod-" + j, "default")),
                keys("pod reference", (i, j) -> new PodRef("uid-" + i + "-" + j, "many-" + i, "pod-" + j, "sa-" + j)),
                keys("identity", (i, j) -> new SpiffeId(CLUSTER, "many-" + i, "sa-" + j)),
                keys("policy", (i, j) -> new PolicyName("many-" + i, "policy-" + j)),
                keys(
                        "host name",
                        (i, j) ->
                                new NamespacedHostname("many-" + i, "svc-" + j + ".many-" + i + ".svc.cluster.local")),
                keys("short host name", (i, j) -> new NamespacedHostname("many-" + i, "svc-" + j)),
                keys("uid", (i, j) -> WorkloadUid.ofPod("Kubernetes", "many-" + i, "pod-" + j)),
                keys(
                        "IPv4 address",
                        (i, j) -> new NetworkAddress("", IpAddress.of("10." + i + "." + j / 250 + "." + j % 250))),
                keys(
                        "IPv4 address of a network",
                        (i, j) -> new NetworkAddress("net-" + i, IpAddress.of("10.0." + j / 250 + "." + j % 250))),
                keys(
                        "IPv6 address",
                        (i, j) -> new NetworkAddress("", IpAddress.of("fd00:0:0:%x::%x".formatted(i, j)))));
    }

    private static Arguments keys(String what, BiFunction<Integer, Integer, Object> key) {
        return Arguments.of(what, key);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void hashesDoNotCoincide(String what, BiFunction<Integer, Integer, Object> key) {
        var hashes = new HashMap<Integer, Integer>();
        for (int i = 0; i < NAMESPACES; i++) {
            for (int j = 0; j < NAMES; j++) {
                hashes.merge(key.apply(i, j).hashCode(), 1, Integer::sum);
            }
        }
        assertThat(hashes).as("different hashes of a %s", what).hasSizeGreaterThan(NAMESPACES * NAMES - 100);
        assertThat(hashes.values()).as("keys of one hash").allMatch(keys -> keys <= 4);
    }
}

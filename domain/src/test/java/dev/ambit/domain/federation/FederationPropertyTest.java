package dev.ambit.domain.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Clusters that come, change and go in any order end where a federation of what they have in the end begins. */
class FederationPropertyTest {
    private static final List<String> CLUSTERS = List.of("east", "north", "west");

    @Property(tries = 200)
    void changeByChangeIsAsGoodAsAtOnce(@ForAll long seed) {
        var random = new Random(seed);
        Federation live = Federation.seenFrom("east");
        Map<String, ClusterShare> shares = new HashMap<>();
        for (int i = 0; i < 25; i++) {
            String cluster = CLUSTERS.get(random.nextInt(CLUSTERS.size()));
            if (random.nextInt(6) == 0) {
                shares.remove(cluster);
                live = live.without(cluster);
            } else {
                ClusterShare share = share(random, cluster);
                shares.put(cluster, share);
                live = live.with(cluster, share);
            }
            var order = new ArrayList<>(shares.keySet());
            Collections.shuffle(order, random);
            Federation fresh = Federation.seenFrom("east");
            for (String each : order) {
                fresh = fresh.with(each, shares.getOrDefault(each, ClusterShare.NOTHING));
            }
            assertThat(live.state()).isEqualTo(fresh.state());
            assertThat(live.remarks()).isEqualTo(fresh.remarks());
            checkRules(live, shares);
        }
        for (String cluster : CLUSTERS) {
            live = live.without(cluster);
        }
        assertThat(live.state()).isEqualTo(MeshState.EMPTY);
        assertThat(live.remarks()).isEmpty();
    }

    /** Whatever there is, no workload of another network is shown as it is, and no local service is anything but itself. */
    private static void checkRules(Federation federation, Map<String, ClusterShare> shares) {
        ClusterShare home = shares.getOrDefault("east", ClusterShare.NOTHING);
        federation.state().workloads().forEach((uid, workload) -> {
            if (!workload.network().equals(home.network())) {
                assertThat(uid.value()).containsAnyOf("SplitHorizonWorkload", "NetworkGateway/");
            }
        });
        home.state().services().forEach((key, service) -> {
            if (!home.isGlobal(key)) {
                assertThat(federation.state().services()).containsEntry(key, service);
                assertThat(federation.state().workloads().values())
                        .filteredOn(workload -> workload.services().containsKey(key))
                        .allSatisfy(workload -> assertThat(workload.clusterId()).isEqualTo("east"));
            }
        });
    }

    private static ClusterShare share(Random random, String cluster) {
        String network = pick(random, "n1", "n2");
        Map<NamespacedHostname, MeshService> services = new HashMap<>();
        Map<NamespacedHostname, Boolean> global = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            var key = new NamespacedHostname("a", "s" + i);
            if (random.nextInt(3) > 0) {
                var address = new VirtualAddress(
                        network,
                        Cidr.host(IpAddress.parse("10.0.0." + random.nextInt(4)).orElseThrow()));
                services.put(
                        key,
                        MeshService.plain(
                                key,
                                "s" + i,
                                List.of(address),
                                List.of(new ServicePort(80 + random.nextInt(2), 8080, AppProtocol.TCP))));
            }
            // Also of services that are not there, as may be for a moment.
            if (random.nextBoolean()) {
                global.put(key, true);
            }
        }
        Map<WorkloadUid, Workload> workloads = new HashMap<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            Workload pod = pod(random, cluster, i, random.nextInt(5) == 0 ? "n2" : network);
            workloads.put(pod.uid(), pod);
        }
        List<NetworkWay> ways = Stream.of("n1", "n2")
                .filter(_ -> random.nextBoolean())
                .map(into -> new NetworkWay(into, cluster, "gw", "gw", "192.0.2." + random.nextInt(2), 0))
                .toList();
        ways.forEach(way -> {
            var uid = new WorkloadUid("NetworkGateway/" + way.network() + "/" + way.address() + "/0");
            workloads.put(
                    uid,
                    Workload.builder(uid, "gw", uid.value())
                            .network(way.network())
                            .serviceAccount(cluster)
                            .clusterId("")
                            .build());
        });
        return new ClusterShare(new MeshState(workloads, services, Map.of(), List.of()), network, global, ways);
    }

    private static Workload pod(Random random, String cluster, int i, String network) {
        Map<NamespacedHostname, PortMap> backed = new HashMap<>();
        for (int s = 0; s < 3; s++) {
            if (random.nextBoolean()) {
                backed.put(new NamespacedHostname("a", "s" + s), new PortMap(Map.of(80, 8080)));
            }
        }
        // A local pod backs local services whether they are shared or not, as others' pods back shared ones only.
        return Workload.builder(WorkloadUid.ofPod(cluster, "a", "p" + i), "a", "p" + i)
                .clusterId(cluster)
                .network(network)
                .serviceAccount(pick(random, "x", "y"))
                .capacity(1 + random.nextInt(3))
                .services(backed)
                .build();
    }

    private static String pick(Random random, String one, String other) {
        return random.nextBoolean() ? one : other;
    }
}

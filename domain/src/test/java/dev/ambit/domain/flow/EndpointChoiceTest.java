package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class EndpointChoiceTest {
    private static final MeshService SERVICE = service("cart", "10.96.0.2");
    private static final Workload CLIENT = pod("client", "10.0.0.1")
            .locality(new Locality("eu", "a", "1"))
            .node("n1")
            .build();

    /** Endpoints are named after what they have in common with the client. */
    @ParameterizedTest
    @CsvSource({
        "STANDARD, '', far network none region zone",
        "STANDARD, REGION ZONE, far network none region zone",
        "STRICT, REGION, far region zone",
        "STRICT, REGION ZONE, far zone",
        "STRICT, REGION ZONE SUBZONE NODE, ''",
        "STRICT, NETWORK REGION ZONE, zone",
        "FAILOVER, REGION ZONE, far zone",
        "FAILOVER, ZONE REGION, far zone",
        "FAILOVER, REGION ZONE SUBZONE NODE, far zone",
        "FAILOVER, NODE REGION, far network none region zone",
        "FAILOVER, NETWORK REGION ZONE, zone",
        "FAILOVER, NETWORK NODE, network none region zone",
        "FAILOVER, CLUSTER REGION ZONE, far zone",
    })
    void preferencesDecideWhoMayBeChosen(Mode mode, String preference, String chosen) {
        List<Scope> scopes = preference.isEmpty()
                ? List.of()
                : Arrays.stream(preference.split(" ")).map(Scope::valueOf).toList();
        MeshService service = SERVICE.withLoadBalancing(new LoadBalancing(scopes, mode, HealthPolicy.ONLY_HEALTHY));
        MeshView view = new TestMesh()
                .with(service)
                .with(endpoint("none", "10.0.1.1").locality(new Locality("us", "b", "2")))
                .with(endpoint("network", "10.0.1.2").locality(new Locality("us", "c", "2")))
                .with(endpoint("region", "10.0.1.3").locality(new Locality("eu", "b", "2")))
                .with(endpoint("zone", "10.0.1.4").locality(new Locality("eu", "a", "2")))
                .with(endpoint("far", "10.0.1.5")
                        .locality(new Locality("eu", "a", "2"))
                        .network("far"))
                .view();

        assertThat(String.join(" ", counts(view, service, 300).keySet())).isEqualTo(chosen);
    }

    @Test
    void loadFollowsCapacity() {
        MeshView view = new TestMesh()
                .with(SERVICE)
                .with(endpoint("never", "10.0.1.1").capacity(0))
                .with(endpoint("one", "10.0.1.2").capacity(1))
                .with(endpoint("two", "10.0.1.3").capacity(2))
                .with(endpoint("five", "10.0.1.4").capacity(5))
                .view();

        Map<String, Integer> counts = counts(view, SERVICE, 16_000);

        assertThat(counts).containsOnlyKeys("one", "two", "five");
        assertThat(counts.get("one")).isBetween(1_800, 2_200);
        assertThat(counts.get("two")).isBetween(3_700, 4_300);
        assertThat(counts.get("five")).isBetween(9_700, 10_300);
    }

    @Test
    void capacitiesMayAddUpToMoreThanAnInt() {
        MeshView view = new TestMesh()
                .with(SERVICE)
                .with(endpoint("a", "10.0.1.2").capacity(Integer.MAX_VALUE))
                .with(endpoint("b", "10.0.1.3").capacity(Integer.MAX_VALUE))
                .view();

        assertThat(counts(view, SERVICE, 100)).containsOnlyKeys("a", "b");
    }

    @Test
    void withoutCapacityThereIsNoEndpoint() {
        MeshView view = new TestMesh()
                .with(SERVICE)
                .with(endpoint("a", "10.0.1.2").capacity(0))
                .view();

        assertThat(counts(view, SERVICE, 10)).isEmpty();
    }

    @Test
    void unhealthyEndpointsCountOnlyIfTheServiceWantsThem() {
        MeshView view = new TestMesh()
                .with(endpoint("sick", "10.0.1.2").health(Health.UNHEALTHY))
                .view();
        MeshService tolerant =
                SERVICE.withLoadBalancing(new LoadBalancing(List.of(), Mode.STANDARD, HealthPolicy.ALLOW_ALL));

        assertThat(counts(view, SERVICE, 10)).isEmpty();
        assertThat(counts(view, tolerant, 10)).containsOnlyKeys("sick");
    }

    @ParameterizedTest
    @CsvSource({
        "AUTOMATIC, IPV4, 10.0.1.2",
        "AUTOMATIC, IPV6, fd00::2",
        "DUAL, IPV6, fd00::2",
        "IPV4_ONLY, IPV6, 10.0.1.2",
        "IPV6_ONLY, IPV4, fd00::2",
    })
    void theCallersFamilyIsPreferredIfTheServiceSpeaksIt(IpFamilies families, IpAddress.Family caller, String chosen) {
        Workload endpoint = endpoint("dual", "10.0.1.2")
                .addresses(List.of(IpAddress.of("10.0.1.2"), IpAddress.of("fd00::2")))
                .build();

        assertThat(EndpointChoice.locationOf(endpoint, speaking(families), caller))
                .contains(new Location.At(IpAddress.of(chosen)));
    }

    @Test
    void anEndpointWithoutAnAddressTheServiceSpeaksIsNotChosen() {
        MeshView view = new TestMesh().with(endpoint("v4", "10.0.1.2")).view();

        assertThat(counts(view, speaking(IpFamilies.IPV6_ONLY), 10)).isEmpty();
    }

    private static MeshService speaking(IpFamilies families) {
        return new MeshService(
                SERVICE.key(),
                "cart",
                List.of(),
                SERVICE.ports(),
                List.of(),
                SERVICE.waypoint(),
                List.of(),
                SERVICE.loadBalancing(),
                families,
                true,
                false,
                SERVICE.visibility());
    }

    private static Map<String, Integer> counts(MeshView view, MeshService service, int connections) {
        var random = new Random(7);
        var caller = new EndpointChoice.Caller(CLIENT, "", IpAddress.Family.IPV4);
        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < connections; i++) {
            EndpointChoice.ofService(view, caller, service, 80, random)
                    .ifPresent(endpoint -> counts.merge(endpoint.workload().name(), 1, Integer::sum));
        }
        return counts;
    }

    private static Workload.Builder endpoint(String name, String ip) {
        return pod(name, ip).services(backing("cart")).node("n2");
    }
}

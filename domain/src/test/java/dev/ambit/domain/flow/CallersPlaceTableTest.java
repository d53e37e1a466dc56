package dev.ambit.domain.flow;

import static dev.ambit.domain.view.TestMesh.backing;
import static dev.ambit.domain.view.TestMesh.pod;
import static dev.ambit.domain.view.TestMesh.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.ShapedService;
import dev.ambit.domain.view.TestMesh;
import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.Workload;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which endpoints callers of different places get, with the preference network, region, zone (facts on ztunnel, section
 * 14). A row is Istio's own case in our words. One endpoint has no address and no name; it is never chosen.
 */
@Timeout(30)
class CallersPlaceTableTest {
    private static final int TRIES = 400;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "strict and nothing matches,       STRICT,   elsewhere, '',     '',     ''",
        "strict and all matches,           STRICT,   net,       reg,    zone,   same",
        "nothing matches,                  FAILOVER, elsewhere, other,  other,  almost nowhere other same",
        "network and region and zone,      FAILOVER, net,       reg,    zone,   same",
        "network and region,               FAILOVER, net,       reg,    '',     almost same",
        "network alone,                    FAILOVER, net,       other,  other,  almost nowhere same",
        "region and zone in any network,   FAILOVER, elsewhere, reg,    zone,   other same",
    })
    void chooses(String name, Mode mode, String network, String region, String zone, String endpoints) {
        MeshService stock = ShapedService.from(service("stock", "10.96.0.2"))
                .balancing(mode, Scope.NETWORK, Scope.REGION, Scope.ZONE)
                .build();
        MeshView view = new TestMesh()
                .with(stock)
                .with(endpoint("nowhere", "net", "", ""))
                .with(endpoint("same", "net", "reg", "zone"))
                .with(endpoint("almost", "net", "reg", "other zone"))
                .with(endpoint("other", "far", "reg", "zone"))
                .with(endpoint("absent", "net", "reg", "zone").addresses(List.of()))
                .view();
        Workload caller = pod("client", "10.0.0.1")
                .network(network)
                .locality(new Locality(region, zone, ""))
                .build();
        var random = new Random(1);

        var chosen = new TreeSet<String>();
        for (int i = 0; i < TRIES; i++) {
            EndpointChoice.ofService(
                            view, new EndpointChoice.Caller(caller, "net", IpAddress.Family.IPV4), stock, 80, random)
                    .ifPresent(found -> chosen.add(found.workload().name()));
        }

        assertThat(String.join(" ", chosen)).isEqualTo(endpoints);
    }

    private static Workload.Builder endpoint(String name, String network, String region, String zone) {
        return pod(name, "10.0.1." + name.length())
                .network(network)
                .locality(new Locality(region, zone, ""))
                .services(backing("stock"));
    }
}

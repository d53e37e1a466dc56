package dev.ambit.domain.view;

import static dev.ambit.domain.view.TestMesh.key;
import static dev.ambit.domain.view.TestMesh.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Health;
import dev.ambit.domain.workload.NetworkMode;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of endpoints and addresses as workloads and services come, change and go, one step after the other (facts
 * on ztunnel, section 5, "endpoint handling" and "secondary indexes"; section 14, what is stored). A row is Istio's own
 * case in our words.
 *
 * <p>Steps: {@code +S} a service, {@code +S*} the same taking endpoints that are not ready, {@code -S} gone; {@code +a} a
 * pod of that service, {@code +a!} not ready, {@code +a~} of no service, {@code -a} gone; a comma ends a push.
 */
@Timeout(30)
class EndpointStagingTableTest {
    private static final String SERVICE = "S";

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "service in the middle of a push,        +a +b +S +c +d,              a b c d",
        "service first,                          +S +a +b,                    a b",
        "endpoints long before their service,    '+a,+b,+S',                  a b",
        "one push or one each is the same,       '+S,+a,+b',                  a b",
        "those that are not ready are left out,  +S +a +b! +c,                a c",
        "unless the service wants them,          +S* +a +b! +c,               a b c",
        "not ready from the start,               '+a!,+S',                    ''",
        "becomes ready,                          '+S,+a!,+a',                 a",
        "is ready no longer,                     '+S,+a,+a!',                 ''",
        "not ready and then gone,               '+S,+a!,-a',                 ''",
        "the service begins to want them,        '+S,+a!,+S*',                a",
        "it ends to want them and begins again,  '+S*,+a!,+S,+S*',            a",
        "the service ends to want them,          '+S*,+a!,+S',                ''",
        "an endpoint is removed,                 '+S,+a,+b,-a',               b",
        "removed while its service is unknown,   '+a,+b,-a,+S',               b",
        "removed and added in one push,          '+S,+a,-a +a',               a",
        "leaves the service,                     '+S,+a,+b,+a~',              b",
        "leaves it while it is unknown,          '+a,+a~,+S',                 ''",
        "joins the service later,                '+S,+a~,+a',                 a",
        "a service that changes keeps them,      '+S,+a,+b,+S',               a b",
        "a service that comes back finds them,   '+S,+a,+b,-S,+S',            a b",
        "while it was away one left,             '+S,+a,+b,-S,-a,+S',         b",
        "while it was away one came,             '+S,+a,-S,+b,+S',            a b",
        "unknown workload removed,               '+S,+a,-z',                  a",
        "unknown service removed,                '+a,-S,+S',                  a",
    })
    void endpoints(String name, String steps, String endpoints) {
        MeshView view = after(steps);

        var found = new TreeSet<String>();
        view.service(key(SERVICE))
                .ifPresent(service -> view.endpoints(service).forEach(workload -> found.add(workload.name())));
        assertThat(String.join(" ", found)).isEqualTo(endpoints);
    }

    private static MeshView after(String steps) {
        MeshView view = MeshView.EMPTY;
        for (String push : steps.split(",", -1)) {
            var changes = new ArrayList<MeshChange>();
            for (String step : push.strip().split(" ", -1)) {
                changes.add(change(step));
            }
            view = view.apply(changes);
        }
        return view;
    }

    private static MeshChange change(String step) {
        boolean comes = step.startsWith("+");
        String name = step.substring(1, 2);
        String how = step.substring(2);
        if (name.equals(SERVICE)) {
            return comes ? new MeshChange.ServiceUpserted(service(how)) : new MeshChange.ServiceRemoved(key(SERVICE));
        }
        Workload workload = pod(name, "10.0.0." + (int) name.charAt(0))
                .health(how.equals("!") ? Health.UNHEALTHY : Health.HEALTHY)
                .services(how.equals("~") ? TestMesh.backing() : TestMesh.backing(SERVICE))
                .build();
        return comes ? new MeshChange.WorkloadUpserted(workload) : new MeshChange.WorkloadRemoved(workload.uid());
    }

    private static MeshService service(String how) {
        MeshService plain = TestMesh.service(SERVICE, "10.96.0.1");
        return how.equals("*")
                ? new MeshService(
                        plain.key(),
                        plain.name(),
                        plain.addresses(),
                        plain.ports(),
                        plain.subjectAltNames(),
                        plain.waypoint(),
                        plain.weightedWaypoints(),
                        new LoadBalancing(List.of(), LoadBalancing.Mode.STANDARD, LoadBalancing.HealthPolicy.ALLOW_ALL),
                        plain.ipFamilies(),
                        plain.canonical(),
                        plain.ingressUseWaypoint(),
                        plain.visibility())
                : plain;
    }

    /** Of several workloads with one address: a pod, then one in the mesh; whoever goes leaves it to the other. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "alone,                                   +pod,                 pod",
        "pod and entry,                           +entry +pod,          pod",
        "in the other order,                      +pod +entry,          pod",
        "plain pod before an entry in the mesh,   +hboneEntry +plain,   plain",
        "pod in the mesh before a plain one,      +plain +pod,          pod",
        "the preferred one goes,                  +entry +pod -pod,     entry",
        "the other goes,                          +entry +pod -entry,   pod",
        "announced once more,                     +pod +entry +pod,     pod",
        "once more and the preferred one goes,    +pod +entry +pod -pod, entry",
        "both go,                                 +entry +pod -pod -entry, ''",
        "moves to another address,                +pod +moved,          ''",
        "shares its node's address,               +host,                ''",
        "shares it beside a pod,                  +host +pod,           pod",
    })
    void addresses(String name, String steps, String owner) {
        MeshView view = MeshView.EMPTY;
        for (String step : steps.split(" ", -1)) {
            Workload workload = sharing(step.substring(1));
            view = view.apply(List.of(
                    step.startsWith("+")
                            ? new MeshChange.WorkloadUpserted(workload)
                            : new MeshChange.WorkloadRemoved(workload.uid())));
        }

        assertThat(view.workloadAt(new NetworkAddress("", IpAddress.of("10.0.0.2")))
                        .map(Workload::name)
                        .orElse(""))
                .isEqualTo(owner);
    }

    private static Workload sharing(String kind) {
        Workload.Builder entry = Workload.builder(
                        new WorkloadUid("Kubernetes/networking.istio.io/WorkloadEntry/shop/" + kind), "shop", kind)
                .addresses(List.of(IpAddress.of("10.0.0.2")));
        return switch (kind) {
            case "entry" -> entry.build();
            case "hboneEntry" -> entry.tunnelProtocol(TunnelProtocol.HBONE).build();
            case "plain" ->
                pod("plain", "10.0.0.2").tunnelProtocol(TunnelProtocol.NONE).build();
            case "moved" -> pod("pod", "10.0.0.3").build();
            case "host" ->
                pod("host", "10.0.0.2").networkMode(NetworkMode.HOST_NETWORK).build();
            default -> pod(kind, "10.0.0.2").build();
        };
    }
}

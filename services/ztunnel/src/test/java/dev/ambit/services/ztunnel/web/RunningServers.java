package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The servers of a ztunnel whose control plane and node agent are away, named by the variables of their ports. */
final class RunningServers implements AutoCloseable {
    static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final List<String> ENDS = new CopyOnWriteArrayList<>();

    private final Map<String, Integer> ports = new HashMap<>();
    private @Nullable ApplicationContext context;

    /** Notes that the process was asked to end, instead of ending the tests. */
    @Singleton
    @Replaces(ProcessEnd.class)
    @Requires(property = "servers.test")
    static final class NotedEnd implements ProcessEnd {
        @Override
        public void begin(String why) {
            ENDS.add(why);
        }
    }

    /** Starts them, with a mesh of a client, a service and its one pod. */
    void start(Path folder) throws IOException {
        var environment = new HashMap<String, Object>(Map.of(
                "NODE_NAME", "n1",
                "INPOD_UDS", folder.resolve("ztunnel.sock").toString(),
                "XDS_ADDRESS", "https://127.0.0.1:1",
                "CA_ADDRESS", "https://127.0.0.1:1",
                "XDS_HEADER_SECRET", "hush-hush",
                "AUTH_TOKEN", "hush-hush"));
        for (String server : List.of("READINESS_PORT", "STATS_PORT", "ADMIN_PORT")) {
            try (var free = new ServerSocket(0)) {
                ports.put(server, free.getLocalPort());
                environment.put(server, Integer.toString(free.getLocalPort()));
            }
        }
        ENDS.clear();
        var started = ApplicationContext.builder()
                .properties(Map.of("servers.test", "true"))
                .propertySources(PropertySource.of(
                        "variables",
                        environment,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start();
        context = started;
        started.getBean(WebServers.class).start();
        started.getBean(CurrentMesh.class).changed(mesh());
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }

    /** Why the process was asked to end, each time. */
    List<String> ends() {
        return List.copyOf(ENDS);
    }

    /** Status and body. */
    String post(String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri("ADMIN_PORT", path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> response = CLIENT.send(request, BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    HttpResponse<String> get(String server, String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(uri(server, path)).build(), BodyHandlers.ofString());
    }

    URI uri(String server, String path) {
        return URI.create("http://127.0.0.1:" + port(server) + path);
    }

    int port(String server) {
        Integer port = ports.get(server);
        if (port == null) {
            throw new IllegalStateException("no server " + server);
        }
        return port;
    }

    private static List<MeshChange> mesh() {
        var key = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");
        MeshService service = MeshService.plain(
                key,
                "cart",
                List.of(
                        VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.96.0.1"))),
                        new VirtualAddress("other", Cidr.parse("10.97.0.0/24").orElseThrow())),
                List.of(new ServicePort(80, 8080, AppProtocol.UNKNOWN)));
        Workload client = pod("client", "10.0.0.1").build();
        Workload cart = pod("cart-0", "10.0.0.2")
                .workloadName("cart")
                .canonical(new CanonicalService("cart", "v1"))
                .services(Map.of(key, new PortMap(Map.of(80, 8080))))
                .policies(List.of(new PolicyName("shop", "only-bank")))
                .networkGateway(new GatewayReference.ByAddress(
                        new NetworkAddress("defaultnw", IpAddress.of("127.0.0.11")), 15_008))
                .build();
        Match bank = Match.EMPTY
                .withPrincipals(
                        new Match.Strings(List.of(StringMatch.of("*/ns/bank/sa/*x")), List.of(StringMatch.of("*"))))
                .withServiceAccounts(new Match.Accounts(List.of(new ServiceAccountMatch("bank", "teller")), List.of()))
                .withSourceIps(new Match.Blocks(List.of(Cidr.parse("10.0.0.0/8").orElseThrow()), List.of()))
                .withDestinationPorts(new Match.PortSet(Set.of(8080), Set.of(9999)));
        var policy = new AuthorizationPolicy(
                new PolicyName("shop", "only-bank"),
                AuthorizationPolicy.Scope.WORKLOAD_SELECTOR,
                AuthorizationPolicy.Action.ALLOW,
                false,
                List.of(new Rule(List.of(new Clause(List.of(bank))))));
        return List.of(
                new MeshChange.PolicyUpserted(policy),
                new MeshChange.ServiceUpserted(service),
                new MeshChange.WorkloadUpserted(client),
                new MeshChange.WorkloadUpserted(cart));
    }

    private static Workload.Builder pod(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .tunnelProtocol(TunnelProtocol.HBONE);
    }
}

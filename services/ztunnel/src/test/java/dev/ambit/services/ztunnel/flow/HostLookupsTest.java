package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.FairShare;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.OutboundDecision.NeedsAddress;
import dev.ambit.domain.flow.OutboundDecision.Planned;
import dev.ambit.domain.flow.OutboundPlan;
import dev.ambit.domain.flow.OutboundPlanner;
import dev.ambit.domain.flow.OutboundReview;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.names.FakeHostResolver;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Flows;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HostLookupsTest {
    private static final FlowContext CONTEXT = Flows.unknown(Reporter.SOURCE);
    private static final NeedsAddress NEEDS = new NeedsAddress(
            CONTEXT,
            Flows.CART,
            "api.example.com",
            IpAddress.Family.IPV4,
            ip -> new OutboundPlan.Direct(CONTEXT, new IpPort(ip, 443)));

    private final FakeHostResolver resolver = new FakeHostResolver();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HostLookups lookups = new HostLookups(new OutboundPlanner("", () -> 0L), resolver, telemetry);

    @Test
    void aNameBecomesAnAddressAndIsCounted() {
        resolver.knows("api.example.com", IpAddress.of("2001:db8::1"), IpAddress.of("192.0.2.1"));

        assertThat(plan(NEEDS)).isEqualTo(new OutboundPlan.Direct(CONTEXT, IpPort.of("192.0.2.1", 443)));
        assertThat(plan(NEEDS)).isInstanceOf(OutboundPlan.Direct.class);
        assertThat(telemetry.counted(
                        Counter.ON_DEMAND_DNS,
                        "cart",
                        "cart-svc",
                        "v1",
                        "shop",
                        "spiffe://cluster.local/ns/shop/sa/cart",
                        "cart-svc",
                        "v1",
                        "Kubernetes",
                        "api.example.com"))
                .isEqualTo(2);
    }

    @Test
    void aNameWithoutAnAddressIsRefused() {
        assertThat(plan(NEEDS))
                .isEqualTo(new OutboundPlan.Refuse(
                        CONTEXT, new RefusalReason.HostUnresolved("api.example.com", "no such name")));
    }

    @Test
    void whatIsPlannedIsLeftAlone() {
        var plan = new OutboundPlan.Direct(
                new FlowContext(
                        Reporter.SOURCE,
                        Party.UNKNOWN,
                        Party.UNKNOWN,
                        CONTEXT.service(),
                        CONTEXT.client(),
                        CONTEXT.target(),
                        "",
                        false),
                CONTEXT.target());

        assertThat(lookups.plan(new Planned(plan)).toCompletableFuture().join()).isSameAs(plan);
    }

    @Test
    void aConnectionWaitsForTheNameOfItsEndpoint() {
        resolver.knows("api.example.com", IpAddress.of("192.0.2.1"));
        var client = new PodRef("uid", "shop", "cart", "cart");
        var key = new NamespacedHostname("shop", "api.shop.svc.cluster.local");
        var mesh = new CurrentMesh();
        mesh.synced();
        mesh.changed(List.of(
                new MeshChange.WorkloadUpserted(
                        workload("cart").serviceAccount("cart").build()),
                new MeshChange.ServiceUpserted(MeshService.plain(
                        key,
                        "api",
                        List.of(VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.96.0.2")))),
                        List.of(new ServicePort(443, 8443, AppProtocol.UNKNOWN)))),
                new MeshChange.WorkloadUpserted(workload("external")
                        .hostname("api.example.com")
                        .services(Map.of(key, new PortMap(Map.of())))
                        .build())));
        var scheduler = new ManualScheduler();
        var flows = new dev.ambit.services.ztunnel.flow.Flows(
                mesh,
                new dev.ambit.services.ztunnel.flow.Flows.Planning(
                        new OutboundPlanner("", () -> 0L), new InboundPlanner(""), new OutboundReview(""), resolver),
                new FairShares(FairShare.GENEROUS, () -> 0L, telemetry),
                telemetry,
                telemetry,
                new dev.ambit.services.ztunnel.flow.Flows.Pace(Duration.ofSeconds(1), 100, () -> 0L, scheduler));

        OutboundPlan plan = flows.outbound(
                        new OutboundAttempt(client, IpPort.of("10.0.0.1", 40_000), IpPort.of("10.96.0.2", 443)))
                .toCompletableFuture()
                .join();

        assertThat(((OutboundPlan.Direct) plan).destination()).isEqualTo(IpPort.of("192.0.2.1", 8443));
        assertThat(flows.rememberedCount()).isEqualTo(1);
    }

    private static Workload.Builder workload(String name) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name);
    }

    private OutboundPlan plan(NeedsAddress needs) {
        return lookups.plan(needs).toCompletableFuture().join();
    }
}

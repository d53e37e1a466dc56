package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.HboneHeaders;
import dev.ambit.domain.flow.InboundAttempt;
import dev.ambit.domain.flow.InboundPlan;
import dev.ambit.domain.flow.InboundPlanner;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.transport.RecordingDecisions;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
final class LoggedDecisionsTest {
    private static final InboundAttempt CALL = new InboundAttempt.Hbone(
            new PodRef("uid", "shop", "cart", "default"),
            IpPort.of("10.0.0.1", 40_000),
            IpPort.of("10.0.0.2", 15_008),
            SpiffeId.of("spiffe://cluster.local/ns/shop/sa/client"),
            "10.0.0.2:80",
            new HboneHeaders("", "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));

    private final Logger logger = (Logger) LoggerFactory.getLogger(LoggedDecisions.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final CurrentMesh mesh = new CurrentMesh();
    private final RecordingDecisions planner = new RecordingDecisions();

    @BeforeEach
    void listen() {
        mesh.changed(List.of(new MeshChange.WorkloadUpserted(
                Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", "cart"), "shop", "cart")
                        .addresses(List.of(IpAddress.of("10.0.0.2")))
                        .tunnelProtocol(TunnelProtocol.HBONE)
                        .build())));
        planner.planInbound(attempt -> new InboundPlanner("").plan(mesh.view(), attempt));
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void atInfoForThoseWhoAskForIt() {
        assertThat(decide(true)).isInstanceOf(InboundPlan.Forward.class);
        mesh.changed(List.of(new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                new PolicyName("shop", "nobody"),
                AuthorizationPolicy.Scope.NAMESPACE,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of(new Rule(List.of()))))));
        assertThat(decide(true)).isInstanceOf(InboundPlan.Refuse.class);

        assertThat(lines.list).hasSize(2).allSatisfy(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage()).isEqualTo("policy decision");
        });
        assertThat(fields(0)).contains("verdict=allow", "why=no policy forbids it and none has to allow it");
        assertThat(fields(1))
                .contains(
                        "verdict=deny",
                        "pod=shop/cart",
                        "src.addr=10.0.0.1:40000",
                        "id=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                        "why=denied by shop/nobody, rule 1");
    }

    @Test
    void otherwiseAtDebugAlone() {
        logger.setLevel(Level.INFO);
        decide(false);
        assertThat(lines.list).isEmpty();

        logger.setLevel(Level.DEBUG);
        decide(false);
        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.DEBUG));
    }

    private InboundPlan decide(boolean atInfo) {
        return new LoggedDecisions(planner, mesh, atInfo)
                .inbound(CALL)
                .toCompletableFuture()
                .join();
    }

    private String fields(int line) {
        return lines.list.get(line).getKeyValuePairs().stream()
                .map(pair -> pair.key + "=" + pair.value)
                .collect(Collectors.joining(" "));
    }
}

package dev.ambit.adapters.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.ambit.adapters.telemetry.log.LogOutput;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.policy.PolicyExplanation;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.Verdict;
import dev.ambit.ports.telemetry.FlowPath;
import dev.ambit.ports.telemetry.Flows;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

@Timeout(30)
final class AccessLogTest {
    private static final String TUNNEL = "src.addr=10.0.0.1:40000 src.workload=\"cart-1\" src.namespace=\"shop\""
            + " src.identity=\"spiffe://cluster.local/ns/shop/sa/cart\" src.cluster=\"Kubernetes\""
            + " dst.addr=10.0.0.2:15008 dst.hbone_addr=10.0.0.2:80 dst.service=\"bank.money.svc.cluster.local\""
            + " dst.workload=\"bank-2\" dst.namespace=\"money\""
            + " dst.identity=\"spiffe://cluster.local/ns/money/sa/bank\" dst.cluster=\"Kubernetes\"";

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-21T14:40:22.000561849Z"));

    private final Logger logger = (Logger) LoggerFactory.getLogger("access");
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final LogOutput output = LogOutput.to(written, CLOCK, LogOutput.Format.PLAIN);
    private final AccessLog log = new AccessLog(output);

    @BeforeEach
    void wantEverything() {
        logger.setLevel(Level.TRACE);
    }

    @AfterEach
    void wantTheUsual() {
        logger.setLevel(null);
    }

    static Stream<Arguments> reports() {
        var reason = new Verdict.DenyReason.NoAllowMatched(List.of(new PolicyName("money", "only-shop")));
        var facts = new ConnectionFacts(new Peer.Anonymous(), IpAddress.of("10.0.0.1"), IpPort.of("10.0.0.2", 80));
        var denied = new RefusalReason.PolicyDenied(
                reason,
                new PolicyExplanation(
                        facts, new Verdict.Denied(reason, List.of()), List.of(), List.of(), Optional.empty(), 0));
        return Stream.of(
                Arguments.argumentSet(
                        "outbound",
                        Flows.over(Flows.tunnel(Reporter.SOURCE), new FlowOutcome.Completed()),
                        Level.INFO,
                        TUNNEL + " direction=\"outbound\" bytes_sent=100 bytes_recv=2000 duration=\"12ms\""),
                Arguments.argumentSet(
                        "inbound",
                        Flows.over(Flows.tunnel(Reporter.DESTINATION), new FlowOutcome.Completed()),
                        Level.INFO,
                        TUNNEL + " direction=\"inbound\" bytes_sent=2000 bytes_recv=100 duration=\"12ms\""),
                Arguments.argumentSet(
                        "denied",
                        Flows.over(Flows.tunnel(Reporter.DESTINATION), new FlowOutcome.Refused(denied)),
                        Level.ERROR,
                        TUNNEL + " direction=\"inbound\" bytes_sent=2000 bytes_recv=100 duration=\"12ms\""
                                + " error=\"connection closed due to policy rejection: allow policies exist, but none"
                                + " allowed: [money/only-shop]\""
                                + " reason=\"policy_no_allow\" why=\"no policy allows it\""),
                Arguments.argumentSet(
                        "unknown ends, failed",
                        Flows.over(
                                Flows.unknown(Reporter.SOURCE),
                                new FlowOutcome.Failed(ResponseFlag.CONNECT, "connection refused")),
                        Level.ERROR,
                        "src.addr=192.0.2.1:1234 dst.addr=[2001:db8::1]:443 direction=\"outbound\" bytes_sent=100"
                                + " bytes_recv=2000 duration=\"12ms\" error=\"connection refused\""));
    }

    @ParameterizedTest
    @MethodSource("reports")
    void aClosedConnectionIsOneLine(FlowReport report, Level level, String fields) {
        log.closed(report, FlowPath.USUAL);

        assertLine(level, "connection complete\t" + fields);
    }

    @Test
    void aConnectionWithinTheNodeSaysSo() {
        log.closed(Flows.over(Flows.tunnel(Reporter.SOURCE), new FlowOutcome.Completed()), FlowPath.SAME_NODE);

        assertLine(
                Level.INFO,
                "connection complete\t" + TUNNEL
                        + " direction=\"outbound\" bytes_sent=100 bytes_recv=2000 duration=\"12ms\" path=\"same-node\"");
    }

    @Test
    void anOpenedConnectionIsALineForDebugging() {
        log.opened(Flows.tunnel(Reporter.SOURCE));

        assertLine(Level.DEBUG, "connection opened\t" + TUNNEL + " direction=\"outbound\"");
    }

    @Test
    void aRejectedConnectionIsAWarningAndCannotForgeALine() {
        log.rejected(
                Reporter.DESTINATION,
                IpPort.of("192.0.2.1", 1),
                IpPort.of("10.0.0.2", 15008),
                "bad \"x\"\r\n2026 info\taccess \\ \u001b[31m\u202e\u2028\0 é");

        assertLine(
                Level.WARN,
                "connection failed\tsrc.addr=192.0.2.1:1 dst.addr=10.0.0.2:15008 direction=\"inbound\""
                        + " error=\"bad \\\"x\\\"\\r\\n2026 info\\taccess \\\\ \\u{1b}[31m\\u{202e}\\u{2028}\\0 é\"");
    }

    @Test
    void whatIsNotWantedIsNotWritten() {
        logger.setLevel(Level.WARN);
        log.opened(Flows.tunnel(Reporter.SOURCE));
        log.closed(Flows.over(Flows.tunnel(Reporter.SOURCE), new FlowOutcome.Completed()), FlowPath.USUAL);
        output.flush();

        assertThat(written.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void theSameLineAsJson() {
        output.use(LogOutput.Format.JSON);
        log.rejected(
                Reporter.DESTINATION,
                IpPort.of("192.0.2.1", 1),
                IpPort.of("10.0.0.2", 15008),
                "bad \"x\"\n\u202e\u2028 é");
        output.flush();

        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"level\":\"warn\",\"time\":\"2026-11-21T14:40:22.000561Z\",\"scope\":\"access\","
                        + "\"message\":\"connection failed\",\"src.addr\":\"192.0.2.1:1\",\"dst.addr\":\"10.0.0.2:15008\","
                        + "\"direction\":\"inbound\",\"error\":\"bad \\\"x\\\"\\n\u202e\\u2028 é\"}\n");
    }

    private void assertLine(Level level, String messageAndFields) {
        output.flush();
        assertThat(written.toString(StandardCharsets.UTF_8))
                .isEqualTo("2026-11-21T14:40:22.000561Z\t" + level.toString().toLowerCase(Locale.ROOT) + "\taccess\t"
                        + messageAndFields + "\n");
    }
}

package dev.ambit.services.controlplane.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.services.controlplane.web.DebugAccess.Answer;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DebugAccessTest {
    private final DebugAccess access = new DebugAccess(
            token -> switch (token) {
                case "away" -> new CallerAuthentication.Result.Undecided("the API server is away");
                case "stolen" -> new CallerAuthentication.Result.Rejected("for another audience");
                default ->
                    new CallerAuthentication.Result.Authenticated(
                            new Caller(SpiffeId.of("spiffe://cluster.local/ns/" + token + "/sa/someone"), "", "", ""));
            },
            new Inspectors(TrustDomain.CLUSTER_LOCAL, Set.of("istio-system", "tools")),
            Meter.none());

    @ParameterizedTest
    @CsvSource({
        "Bearer istio-system, ALLOWED",
        "bearer tools, ALLOWED",
        "Bearer shop, FORBIDDEN",
        "Bearer stolen, UNAUTHENTICATED",
        "Bearer away, UNDECIDED",
        "'Bearer ', UNAUTHENTICATED",
        "Basic istio-system, UNAUTHENTICATED",
        "istio-system, UNAUTHENTICATED"
    })
    void whoComesFromElsewhereNeedsAToken(String header, Answer answer) {
        assertThat(access.decide(InetAddress.ofLiteral("10.0.0.9"), Optional.of(header)))
                .isEqualTo(answer);
    }

    @Test
    void whoComesFromElsewhereWithoutATokenIsNobody() {
        assertThat(access.decide(InetAddress.ofLiteral("10.0.0.9"), Optional.empty()))
                .isEqualTo(Answer.UNAUTHENTICATED);
        assertThat(access.decide(InetAddress.ofLiteral("fd00::9"), Optional.empty()))
                .isEqualTo(Answer.UNAUTHENTICATED);
    }

    @Test
    void processesOfThisMachineMayLook() {
        assertThat(access.decide(InetAddress.ofLiteral("127.0.0.1"), Optional.empty()))
                .isEqualTo(Answer.ALLOWED);
        assertThat(access.decide(InetAddress.ofLiteral("::1"), Optional.empty()))
                .isEqualTo(Answer.ALLOWED);
    }
}

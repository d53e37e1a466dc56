package dev.ambit.domain.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** {@link PolicySet} against the naive reference. */
class PolicySetPropertyTest {

    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void decidesAsTheReference(
            @ForAll("policies") List<AuthorizationPolicy> policies,
            @ForAll("missing") List<PolicyName> missing,
            @ForAll("connections") List<ConnectionFacts> connections) {
        PolicySet compiled = PolicySet.compile(policies, missing);

        for (ConnectionFacts facts : connections) {
            Verdict expected = NaiveEvaluator.decide(policies, missing, facts);
            assertThat(compiled.decide(facts)).as("%s", facts).isEqualTo(expected);
            Statistics.collect(reason(expected));
        }
        Statistics.coverage(coverage -> {
            for (String reason : List.of("AllowedBy", "NoAllowPolicy", "DeniedBy", "NoAllowMatched", "PolicyMissing")) {
                coverage.check(reason).percentage(p -> p > 2);
            }
        });
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void explainsWhatItDecides(
            @ForAll("policies") List<AuthorizationPolicy> policies,
            @ForAll("missing") List<PolicyName> missing,
            @ForAll("connections") List<ConnectionFacts> connections,
            @ForAll @IntRange(max = 12) int rulesMax) {
        PolicySet compiled = PolicySet.compile(policies, missing);

        for (ConnectionFacts facts : connections) {
            PolicyExplanation why = compiled.explain(facts, rulesMax);
            assertThat(why.verdict()).isEqualTo(compiled.decide(facts));
            assertThat(why.summary()).isNotEmpty();
            for (PolicyExplanation.Considered each : why.considered()) {
                AuthorizationPolicy policy = policies.stream()
                        .filter(one -> one.name().equals(each.policy()))
                        .findFirst()
                        .orElseThrow();
                boolean matched = each.outcome() instanceof PolicyExplanation.Outcome.Matched;
                assertThat(matched).as("%s", policy).isEqualTo(NaiveEvaluator.matches(policy, facts));
            }
            assertThat(why.nearestAllow().isPresent())
                    .as("%s", why)
                    .matches(present -> !present || why.verdict() instanceof Verdict.Denied);
        }
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void missingPolicyNeverLetsInWhomItWouldKeepOut(
            @ForAll("policies") List<AuthorizationPolicy> policies,
            @ForAll("connections") List<ConnectionFacts> facts) {
        for (int absent = 0; absent < policies.size(); absent++) {
            AuthorizationPolicy late = policies.get(absent);
            List<AuthorizationPolicy> known =
                    policies.stream().filter(policy -> !policy.equals(late)).toList();
            PolicySet before = PolicySet.compile(known, List.of(late.name()));
            PolicySet after = PolicySet.compile(policies, List.of());

            for (ConnectionFacts connection : facts) {
                if (after.decide(connection) instanceof Verdict.Denied) {
                    assertThat(before.decide(connection)).isInstanceOf(Verdict.Denied.class);
                }
            }
        }
    }

    private static String reason(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allowed allowed -> allowed.reason().getClass().getSimpleName();
            case Verdict.Denied denied -> denied.reason().getClass().getSimpleName();
        };
    }

    @Provide
    Arbitrary<List<AuthorizationPolicy>> policies() {
        return RandomPolicies.policies();
    }

    @Provide
    Arbitrary<List<PolicyName>> missing() {
        return Arbitraries.of(List.of(), List.of(), List.of(), List.of(new PolicyName("shop", "late")));
    }

    @Provide
    Arbitrary<List<ConnectionFacts>> connections() {
        return RandomPolicies.connections().list().ofSize(5);
    }
}

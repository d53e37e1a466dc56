package dev.ambit.benchmarks;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.Match.Strings;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.PolicySet;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.policy.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One connection against policies of which none matches: everything has to be looked at. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PolicyEvaluationBenchmark {
    private static final int RULES = 10;

    /** How many ALLOW policies protect the workload; Istio's own benchmark has 10 000 of 10 rules. */
    @Param({"1", "100", "10000"})
    private int policies;

    /** What the rules look like: names of callers, or beginnings of names. */
    @Param({"exact", "prefix"})
    private String kind = "";

    private PolicySet set = PolicySet.OPEN;
    private final ConnectionFacts caller = new ConnectionFacts(
            new Peer.Authenticated(SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stranger")),
            IpAddress.of("10.0.0.1"),
            IpPort.of("10.0.0.2", 8080));

    @Setup
    public void compile() {
        set = PolicySet.compile(
                IntStream.range(0, policies).mapToObj(this::policy).toList(), List.of());
    }

    private AuthorizationPolicy policy(int number) {
        List<Rule> rules =
                IntStream.range(0, RULES).mapToObj(rule -> rule(number, rule)).toList();
        return new AuthorizationPolicy(
                new PolicyName("shop", "policy-" + number), Scope.WORKLOAD_SELECTOR, Action.ALLOW, false, rules);
    }

    private Rule rule(int policy, int number) {
        String name = "cluster.local/ns/shop/sa/caller-" + policy + "-" + number;
        StringMatch match = kind.equals("exact") ? new StringMatch.Exact(name) : new StringMatch.Prefix(name);
        return new Rule(
                List.of(new Clause(List.of(Match.EMPTY.withPrincipals(new Strings(List.of(match), List.of()))))));
    }

    @Benchmark
    public Verdict decide() {
        return set.decide(caller);
    }
}

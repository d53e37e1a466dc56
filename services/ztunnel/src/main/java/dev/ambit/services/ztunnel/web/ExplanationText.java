package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FlowExplanation;
import dev.ambit.domain.flow.FlowExplanation.Candidate;
import dev.ambit.domain.flow.FlowExplanation.Inbound;
import dev.ambit.domain.flow.FlowExplanation.Outbound;
import dev.ambit.domain.policy.PolicyExplanation;
import dev.ambit.domain.policy.PolicyExplanation.Considered;
import dev.ambit.domain.policy.PolicyExplanation.Outcome;
import java.util.Locale;

/** An explanation for people: the verdict first, then the way to it, one step to a line. */
final class ExplanationText {
    private final StringBuilder text = new StringBuilder();

    static String of(FlowExplanation why) {
        var writing = new ExplanationText();
        writing.line(why.outcome().name().toLowerCase(Locale.ROOT) + ": " + why.summary());
        why.outbound().ifPresent(writing::outbound);
        why.inbound().ifPresent(writing::inbound);
        return writing.text.toString();
    }

    private void outbound(Outbound outbound) {
        line("");
        line("the proxy of " + outbound.source() + ", asked for " + outbound.destination());
        line("  owner:     " + outbound.owner().kind() + " " + outbound.owner().name());
        if (!outbound.waypoint().isEmpty()) {
            line("  waypoint:  " + outbound.waypoint());
        }
        for (Candidate endpoint : outbound.endpoints()) {
            String port =
                    endpoint.port().isPresent() ? " port " + endpoint.port().getAsInt() : "";
            line("  endpoint:  " + endpoint.workload() + port + ": " + endpoint.standing());
        }
        if (outbound.omittedEndpoints() > 0) {
            line("             and " + outbound.omittedEndpoints() + " more");
        }
        line("  plan:      " + outbound.plan());
    }

    private void inbound(Inbound inbound) {
        line("");
        line("the proxy of " + inbound.workload());
        inbound.refusal()
                .ifPresent(refusal -> line("  refused:   " + refusal.word().label() + ", " + refusal.message()));
        inbound.policies().ifPresent(this::policies);
    }

    private void policies(PolicyExplanation why) {
        for (Considered each : why.considered()) {
            String kind = (each.dryRun() ? "dry-run " : "") + each.action();
            line("  policy:    " + each.policy() + " (" + kind + ") " + outcome(each.outcome(), why));
        }
        if (why.omitted() > 0) {
            line("             and " + why.omitted() + " more");
        }
        why.missing().forEach(name -> line("  missing:   " + name));
        why.nearestAllow()
                .ifPresent(near -> line(
                        "  nearest:   " + near.policy() + " " + near.first().text(why.facts())));
        line("  verdict:   " + why.summary());
    }

    private static String outcome(Outcome outcome, PolicyExplanation why) {
        return switch (outcome) {
            case Outcome.Matched(int rule) -> "matches by rule " + rule;
            case Outcome.NotMatched(var failures) ->
                failures.isEmpty()
                        ? "has no rules"
                        : "does not match; " + failures.getFirst().text(why.facts())
                                + (failures.size() > 1 ? " (and " + (failures.size() - 1) + " more rules)" : "");
        };
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FlowExplanation;
import dev.ambit.domain.flow.FlowExplanation.Inbound;
import dev.ambit.domain.flow.FlowExplanation.Outbound;
import dev.ambit.domain.flow.FlowExplanation.Refusal;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.policy.PolicyExplanation;
import dev.ambit.domain.policy.PolicyExplanation.Failure;
import dev.ambit.domain.policy.PolicyExplanation.Outcome;
import dev.ambit.services.ztunnel.web.MeshDump.Fields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An explanation for machines. Parts that do not apply are left out. */
final class ExplanationJson {

    static Map<String, Object> of(FlowExplanation why) {
        var json = new Fields();
        json.put("outcome", why.outcome().name().toLowerCase(Locale.ROOT));
        json.put("summary", why.summary());
        why.outbound().ifPresent(outbound -> json.put("outbound", outbound(outbound)));
        why.inbound().ifPresent(inbound -> json.put("inbound", inbound(inbound)));
        return json.json();
    }

    private static Map<String, Object> outbound(Outbound outbound) {
        var json = new Fields();
        json.put("source", outbound.source());
        json.put("destination", outbound.destination().toString());
        json.put(
                "owner",
                Map.of("kind", outbound.owner().kind(), "name", outbound.owner().name()));
        json.unlessEmpty("waypoint", outbound.waypoint());
        json.unlessEmpty(
                "endpoints",
                outbound.endpoints().stream()
                        .map(endpoint -> {
                            var each = new Fields();
                            each.put("workload", endpoint.workload());
                            endpoint.port().ifPresent(port -> each.put("port", port));
                            each.put("usable", endpoint.usable());
                            each.put("standing", endpoint.standing());
                            return each.json();
                        })
                        .toList());
        if (outbound.omittedEndpoints() > 0) {
            json.put("omittedEndpoints", outbound.omittedEndpoints());
        }
        json.put("plan", outbound.plan());
        refusal(json, outbound.refusal());
        return json.json();
    }

    private static Map<String, Object> inbound(Inbound inbound) {
        var json = new Fields();
        json.put("workload", inbound.workload());
        refusal(json, inbound.refusal());
        inbound.policies().ifPresent(policies -> json.put("policies", policies(policies)));
        return json.json();
    }

    private static void refusal(Fields json, Optional<Refusal> refusal) {
        refusal.ifPresent(
                each -> json.put("refused", Map.of("reason", each.word().label(), "message", each.message())));
    }

    static Map<String, Object> policies(PolicyExplanation why) {
        ConnectionFacts facts = why.facts();
        var json = new Fields();
        var asked = new Fields();
        asked.put(
                "identity",
                switch (facts.peer()) {
                    case Peer.Authenticated(var id) -> id.toString();
                    case Peer.Anonymous() -> "none";
                });
        asked.put("source", facts.source().toString());
        asked.put("destination", facts.destination().toString());
        json.put("connection", asked.json());
        json.put("summary", why.summary());
        json.put(
                "considered",
                why.considered().stream()
                        .map(each -> {
                            var policy = new Fields();
                            policy.put("policy", each.policy().toString());
                            policy.put("action", each.action().name());
                            policy.put("dryRun", each.dryRun());
                            switch (each.outcome()) {
                                case Outcome.Matched(int rule) -> {
                                    policy.put("matched", true);
                                    policy.put("rule", rule);
                                }
                                case Outcome.NotMatched(List<Failure> failures) -> {
                                    policy.put("matched", false);
                                    policy.put(
                                            "firstFailures",
                                            failures.stream()
                                                    .map(failure -> failure(failure, facts))
                                                    .toList());
                                }
                            }
                            return policy.json();
                        })
                        .toList());
        json.unlessEmpty("missing", why.missing().stream().map(Object::toString).toList());
        why.nearestAllow().ifPresent(near -> {
            var nearest = new Fields();
            nearest.put("policy", near.policy().toString());
            nearest.put("failedClauses", near.failedClauses());
            nearest.put("first", failure(near.first(), facts));
            json.put("nearestAllow", nearest.json());
        });
        if (why.omitted() > 0) {
            json.put("omittedPolicies", why.omitted());
        }
        return json.json();
    }

    private static Map<String, Object> failure(Failure failure, ConnectionFacts facts) {
        var json = new Fields();
        json.put("rule", failure.rule());
        json.put("clause", failure.clause());
        failure.cause().ifPresent(cause -> {
            json.put("field", cause.field().text(cause.negated()));
            json.put("wanted", cause.wanted());
            if (cause.unshown() > 0) {
                json.put("unshown", cause.unshown());
            }
            json.put("had", cause.field().had(facts));
        });
        json.put("text", failure.text(facts));
        return json.json();
    }

    private ExplanationJson() {}
}

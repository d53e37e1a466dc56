package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ObjectFacts.Target;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.PolicyName;
import io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicyAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Istio's AuthorizationPolicy to the layer-4 policy that a node proxy enforces. */
final class AuthorizationPolicyTranslator {
    private static final String DRY_RUN = "istio.io/dry-run";
    private static final FieldPath SPEC = FieldPath.of("spec");

    private static final String ACCEPTED = "ZtunnelAccepted";
    private static final String UNSUPPORTED = "UnsupportedValue";

    private final String rootNamespace;
    private final boolean dryRunEnabled;

    AuthorizationPolicyTranslator(String rootNamespace, boolean dryRunEnabled) {
        this.rootNamespace = rootNamespace;
        this.dryRunEnabled = dryRunEnabled;
    }

    AuthorizationPolicyTranslator(DerivationOptions options) {
        this(options.rootNamespace(), options.features().dryRunPolicies());
    }

    /** What becomes of a policy; the reasons are among the findings. */
    sealed interface Translation {
        record Enforced(SelectedPolicy policy) implements Translation {}

        /** For waypoints. */
        record Targeted(List<Target> targets) implements Translation {}

        /** Not for layer 4. */
        record Skipped() implements Translation {}

        record Rejected(UnreadablePolicy policy) implements Translation {}
    }

    Translation translate(io.fabric8.istio.api.security.v1.AuthorizationPolicy object, Findings findings) {
        var name = new PolicyName(Fields.namespace(object), Fields.name(object));
        var written = object.getSpec();
        var spec = written == null ? new io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicy() : written;
        List<Target> targets = Layer7Policies.targets(spec.getTargetRef(), spec.getTargetRefs());
        if (!targets.isEmpty()) {
            return new Translation.Targeted(targets);
        }
        @Nullable AuthorizationPolicyAction asked = spec.getAction();
        if (asked == AuthorizationPolicyAction.CUSTOM || asked == AuthorizationPolicyAction.AUDIT) {
            findings.warn(SPEC.child("action"), asked + " does nothing at layer 4: use ALLOW or DENY");
            findings.condition(ACCEPTED, false, UNSUPPORTED, "the action " + asked + " does nothing at layer 4");
            return new Translation.Skipped();
        }
        if (dryRun(object, findings) && !dryRunEnabled) {
            String why = "a dry run is not enabled in this mesh: the policy does nothing";
            findings.warn(FieldPath.of("metadata", "annotations", DRY_RUN), why);
            findings.condition(ACCEPTED, false, UNSUPPORTED, why);
            return new Translation.Skipped();
        }
        return enforced(object, name, spec, findings);
    }

    private Translation enforced(
            io.fabric8.istio.api.security.v1.AuthorizationPolicy object,
            PolicyName name,
            io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicy spec,
            Findings findings) {
        Action action = spec.getAction() == AuthorizationPolicyAction.DENY ? Action.DENY : Action.ALLOW;
        Map<String, String> selector = PeerAuthenticationTranslator.labels(spec.getSelector());
        var translator = new RuleTranslator(action, name.namespace(), findings);
        var written = Fields.list(spec.getRules());
        ObjectLimits.size(SPEC.child("rules"), written.size(), ObjectLimits.RULES, findings);
        List<Rule> rules = findings.rejected() ? List.of() : rules(written, translator);
        if (findings.rejected()) {
            findings.condition(ACCEPTED, false, "Invalid", closedReading(action));
            var kind = action == Action.ALLOW ? UnreadablePolicy.Kind.ALLOW : UnreadablePolicy.Kind.DENY;
            return new Translation.Rejected(new UnreadablePolicy(kind, name, selector));
        }
        if (translator.layer7().isEmpty()) {
            findings.condition(ACCEPTED, true, "Accepted", "attached to the node proxies");
        } else {
            findings.condition(ACCEPTED, true, UNSUPPORTED, withoutLayer7(action, translator));
        }
        var scope = ClosedPolicies.scope(name, selector, rootNamespace);
        return new Translation.Enforced(new SelectedPolicy(
                new AuthorizationPolicy(name, scope, action, dryRun(object, findings), rules), selector));
    }

    private static String closedReading(Action action) {
        return "the policy cannot be read, and is enforced closed: "
                + (action == Action.ALLOW ? "it allows nothing" : "it denies everything that it selects");
    }

    private static String withoutLayer7(Action action, RuleTranslator translator) {
        String found = "layer 4 knows nothing of " + String.join(", ", translator.layer7())
                + ": use a waypoint to enforce that. Until then ";
        if (action == Action.ALLOW) {
            return found + "rules with it allow nothing, which is more restrictive than asked";
        }
        return found
                + (translator.deniesEverything()
                        ? "the policy denies everything that it selects, because nothing else limits a rule of it"
                        : "rules with it deny whatever their other conditions match, which is more than asked");
    }

    private static List<Rule> rules(
            List<io.fabric8.istio.api.api.security.v1beta1.Rule> written, RuleTranslator translator) {
        var rules = new ArrayList<Rule>();
        for (int i = 0; i < written.size(); i++) {
            var rule = written.get(i);
            translator
                    .translate(
                            rule == null ? new io.fabric8.istio.api.api.security.v1beta1.Rule() : rule,
                            SPEC.child("rules").child(i))
                    .ifPresent(rules::add);
        }
        return rules;
    }

    private static boolean dryRun(io.fabric8.istio.api.security.v1.AuthorizationPolicy object, Findings findings) {
        String text = Fields.annotations(object).getOrDefault(DRY_RUN, "false");
        if (!text.equals("true") && !text.equals("false")) {
            findings.warn(
                    FieldPath.of("metadata", "annotations", DRY_RUN),
                    "'" + text + "' is neither true nor false: the policy is enforced");
        }
        return text.equals("true");
    }
}

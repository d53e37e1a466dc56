package dev.ambit.adapters.k8s.translate;

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

    private final String rootNamespace;

    AuthorizationPolicyTranslator(String rootNamespace) {
        this.rootNamespace = rootNamespace;
    }

    /** What becomes of a policy; the reasons are among the findings. */
    sealed interface Translation {
        record Enforced(SelectedPolicy policy) implements Translation {}

        /** Not for layer 4. */
        record Skipped() implements Translation {}

        record Rejected(UnreadablePolicy policy) implements Translation {}
    }

    Translation translate(io.fabric8.istio.api.security.v1.AuthorizationPolicy object, Findings findings) {
        var name = new PolicyName(Fields.namespace(object), Fields.name(object));
        var written = object.getSpec();
        var spec = written == null ? new io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicy() : written;
        if (spec.getTargetRef() != null || !Fields.list(spec.getTargetRefs()).isEmpty()) {
            findings.warn(SPEC.child("targetRefs"), "policies for waypoints are not enforced in this version");
            return new Translation.Skipped();
        }
        @Nullable AuthorizationPolicyAction asked = spec.getAction();
        if (asked == AuthorizationPolicyAction.CUSTOM || asked == AuthorizationPolicyAction.AUDIT) {
            findings.warn(SPEC.child("action"), asked + " does nothing at layer 4: use ALLOW or DENY");
            return new Translation.Skipped();
        }
        Action action = asked == AuthorizationPolicyAction.DENY ? Action.DENY : Action.ALLOW;
        Map<String, String> selector = PeerAuthenticationTranslator.labels(spec.getSelector());
        List<Rule> rules = rules(Fields.list(spec.getRules()), new RuleTranslator(action, name.namespace(), findings));
        boolean dryRun = dryRun(object, findings);
        if (findings.rejected()) {
            var kind = action == Action.ALLOW ? UnreadablePolicy.Kind.ALLOW : UnreadablePolicy.Kind.DENY;
            return new Translation.Rejected(new UnreadablePolicy(kind, name, selector));
        }
        var scope = ClosedPolicies.scope(name, selector, rootNamespace);
        return new Translation.Enforced(
                new SelectedPolicy(new AuthorizationPolicy(name, scope, action, dryRun, rules), selector));
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

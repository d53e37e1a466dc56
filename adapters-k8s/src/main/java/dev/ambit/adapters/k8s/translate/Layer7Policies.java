package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.ObjectFacts.Target;
import dev.ambit.adapters.k8s.translate.ObjectFacts.TargetedPolicyFacts;
import io.fabric8.istio.api.api.type.v1beta1.PolicyTargetReference;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Policies that a waypoint alone can follow: RequestAuthentication and Telemetry. */
final class Layer7Policies {
    private static final FieldPath TARGETS = FieldPath.of("spec", "targetRefs");

    private Layer7Policies() {}

    /** What it is attached to; empty if it is attached to nothing, or no such policy. */
    static Optional<TargetedPolicyFacts> read(HasMetadata object) {
        List<Target> targets = switch (object) {
            case RequestAuthentication policy
            when policy.getSpec() != null ->
                targets(policy.getSpec().getTargetRef(), policy.getSpec().getTargetRefs());
            case Telemetry policy
            when policy.getSpec() != null ->
                targets(policy.getSpec().getTargetRef(), policy.getSpec().getTargetRefs());
            default -> List.of();
        };
        return targets.isEmpty() ? Optional.empty() : Optional.of(new TargetedPolicyFacts(targets));
    }

    /** Of several and a single one, which is an older way to write it, the several count. */
    static List<Target> targets(@Nullable PolicyTargetReference single, @Nullable List<PolicyTargetReference> several) {
        List<PolicyTargetReference> references = Fields.list(several);
        List<PolicyTargetReference> written = references.isEmpty() && single != null ? List.of(single) : references;
        return written.stream()
                .map(reference -> new Target(
                        Fields.text(reference.getKind()),
                        Fields.text(reference.getNamespace()),
                        Fields.text(reference.getName())))
                .toList();
    }

    /** Says that one which is attached to no waypoint does nothing. */
    static void check(HasMetadata object, Findings findings) {
        ObjectLimits.size(
                TARGETS, read(object).map(facts -> facts.targets().size()).orElse(0), ObjectLimits.TARGETS, findings);
        if (read(object).isEmpty()) {
            String why = object instanceof Telemetry
                    ? "node proxies report the same for everybody, and read no Telemetry: attach it to a waypoint with"
                            + " targetRefs"
                    : "tokens of requests are read at layer 7, which node proxies do not: attach it to a waypoint with"
                            + " targetRefs. Nobody is refused by it meanwhile";
            findings.warn(TARGETS, why);
            findings.condition("ZtunnelAccepted", false, "UnsupportedValue", why);
        }
    }
}

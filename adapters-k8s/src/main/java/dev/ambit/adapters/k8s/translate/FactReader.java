package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.AuthorizationPolicyTranslator.Translation;
import dev.ambit.adapters.k8s.translate.ObjectFacts.NodeFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts.PeerFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts.PolicyFacts;
import dev.ambit.adapters.k8s.translate.ObjectFacts.TargetedPolicyFacts;
import dev.ambit.domain.workload.Locality;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads objects one by one, without regard to others: what each means, and what is wrong with it. */
public final class FactReader {
    private final DerivationOptions options;
    private final ObjectChecks checks;
    private final AuthorizationPolicyTranslator policies;

    public FactReader(DerivationOptions options) {
        this.options = options;
        this.checks = new ObjectChecks(options);
        this.policies = new AuthorizationPolicyTranslator(options);
    }

    /** Never fails: whatever cannot be read becomes a rejection. */
    public ReadObject read(HasMetadata object) {
        ObjectKey key = ObjectKey.of(object);
        var findings = new Findings(key);
        try {
            checks.check(object, findings);
            if (findings.rejected()) {
                return new ReadObject(
                        key, Optional.empty(), closed(object), findings.problems(), findings.conditions());
            }
            Optional<? extends ObjectFacts> facts = facts(object);
            return new ReadObject(
                    key, facts.map(each -> each), Optional.empty(), findings.problems(), findings.conditions());
        } catch (RuntimeException unforeseen) {
            findings.reject(FieldPath.ROOT, "cannot be read: " + unforeseen);
            return new ReadObject(key, Optional.empty(), closed(object), findings.problems(), findings.conditions());
        }
    }

    private Optional<? extends ObjectFacts> facts(HasMetadata object) {
        return switch (object) {
            case Namespace namespace -> Optional.of(NamespaceFacts.of(namespace));
            case Node node -> Optional.of(new NodeFacts(locality(node)));
            case Pod pod -> Optional.of(PodReader.read(pod, options.trustDomain()));
            case Service service -> ServiceReader.read(service);
            case EndpointSlice slice -> SliceReader.read(slice);
            case ServiceEntry entry -> Optional.of(EntryReader.read(entry));
            case WorkloadEntry entry -> Optional.of(EntryReader.read(entry));
            case Gateway gateway -> Optional.of(GatewayReader.read(gateway));
            case GatewayClass gatewayClass -> Optional.of(GatewayReader.read(gatewayClass));
            case AuthorizationPolicy policy -> policy(policy);
            case PeerAuthentication policy ->
                PeerAuthenticationTranslator.translate(policy, new Findings(ObjectKey.of(policy)))
                        .map(PeerFacts::new);
            case RequestAuthentication _, Telemetry _ -> Layer7Policies.read(object);
            case ReferenceGrant grant -> Optional.of(RouteReader.read(grant));
            default -> RouteReader.read(object);
        };
    }

    private Optional<ObjectFacts> policy(AuthorizationPolicy policy) {
        return switch (policies.translate(policy, new Findings(ObjectKey.of(policy)))) {
            case Translation.Enforced(SelectedPolicy selected) -> Optional.of(new PolicyFacts(selected));
            case Translation.Targeted(List<ObjectFacts.Target> targets) ->
                Optional.of(new TargetedPolicyFacts(targets));
            case Translation.Skipped _, Translation.Rejected _ -> Optional.empty();
        };
    }

    private Optional<UnreadablePolicy> closed(HasMetadata object) {
        return switch (object) {
            case AuthorizationPolicy policy -> Optional.of(checks.unreadable(policy));
            case PeerAuthentication policy -> Optional.of(checks.unreadable(policy));
            default -> Optional.empty();
        };
    }

    private static Locality locality(Node node) {
        Map<String, String> labels = Fields.labels(node);
        return new Locality(
                labels.getOrDefault("topology.kubernetes.io/region", ""),
                labels.getOrDefault("topology.kubernetes.io/zone", ""),
                labels.getOrDefault("topology.istio.io/subzone", ""));
    }
}

package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.AuthorizationPolicyTranslator.Translation;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.policy.PeerAuthentications;
import dev.ambit.domain.policy.PolicyName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All policies of one derivation, and which of them a workload has to list by name. */
final class PolicyDerivation {
    private final String rootNamespace;
    private final List<SelectedPolicy> authorization = new ArrayList<>();
    private final PeerAuthentications converted;

    PolicyDerivation(KubernetesObjects objects, String rootNamespace) {
        this.rootNamespace = rootNamespace;
        var peerAuthentications = new ArrayList<PeerAuthentication>();
        var translator = new AuthorizationPolicyTranslator(rootNamespace);
        for (var object : objects.authorizationPolicies()) {
            switch (translator.translate(object, new Findings(ObjectKey.of(object)))) {
                case Translation.Enforced(SelectedPolicy policy) -> authorization.add(policy);
                case Translation.Rejected(UnreadablePolicy policy) ->
                    authorization.add(ClosedPolicies.authorization(policy, rootNamespace));
                case Translation.Skipped _ -> {}
            }
        }
        for (var object : objects.peerAuthentications()) {
            PeerAuthenticationTranslator.translate(object, new Findings(ObjectKey.of(object)))
                    .ifPresent(peerAuthentications::add);
        }
        for (UnreadablePolicy unreadable : objects.unreadablePolicies()) {
            switch (unreadable.kind()) {
                case ALLOW, DENY -> authorization.add(ClosedPolicies.authorization(unreadable, rootNamespace));
                case PEER_AUTHENTICATION -> peerAuthentications.add(ClosedPolicies.peerAuthentication(unreadable));
            }
        }
        this.converted = new PeerAuthentications(peerAuthentications, rootNamespace);
    }

    Map<PolicyName, AuthorizationPolicy> all() {
        Map<PolicyName, AuthorizationPolicy> all = new LinkedHashMap<>();
        authorization.forEach(selected -> all.put(selected.policy().name(), selected.policy()));
        converted.convertedPolicies().forEach(policy -> all.put(policy.name(), policy));
        return all;
    }

    List<PolicyName> listedBy(String namespace, Map<String, String> labels) {
        Stream<PolicyName> selected = authorization.stream()
                .filter(policy -> policy.isListedBy(namespace, labels, rootNamespace))
                .map(policy -> policy.policy().name());
        Stream<PolicyName> peers = converted.policiesFor(namespace, labels).stream();
        return Stream.concat(selected.distinct().sorted(), peers).toList();
    }
}

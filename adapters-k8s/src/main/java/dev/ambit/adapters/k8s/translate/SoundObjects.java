package dev.ambit.adapters.k8s.translate;

import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/** Separates the objects that can be translated from those that cannot, and remembers why. */
final class SoundObjects {
    private final ObjectChecks checks;
    private final List<ObjectProblem> problems;

    SoundObjects(String rootNamespace, List<ObjectProblem> problems) {
        this.checks = new ObjectChecks(rootNamespace);
        this.problems = problems;
    }

    KubernetesObjects among(KubernetesObjects all) {
        var unreadable = new ArrayList<>(all.unreadablePolicies());
        List<AuthorizationPolicy> authorization = new ArrayList<>();
        for (AuthorizationPolicy policy : all.authorizationPolicies()) {
            if (isSound(policy)) {
                authorization.add(policy);
            } else {
                unreadable.add(checks.unreadable(policy));
            }
        }
        List<PeerAuthentication> peer = new ArrayList<>();
        for (PeerAuthentication policy : all.peerAuthentications()) {
            if (isSound(policy)) {
                peer.add(policy);
            } else {
                unreadable.add(checks.unreadable(policy));
            }
        }
        return new KubernetesObjects(
                sound(all.namespaces()),
                sound(all.nodes()),
                sound(all.pods()),
                sound(all.services()),
                sound(all.endpointSlices()),
                authorization,
                peer,
                unreadable);
    }

    private <T extends HasMetadata> List<T> sound(List<T> objects) {
        return objects.stream().filter(this::isSound).toList();
    }

    private boolean isSound(HasMetadata object) {
        List<ObjectProblem> found = checks.check(object);
        problems.addAll(found);
        return found.stream().noneMatch(ObjectProblem::isRejection);
    }
}

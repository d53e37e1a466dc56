package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.ObjectFacts.PolicyFacts;
import dev.ambit.adapters.k8s.translate.SelectedPolicy;
import java.util.List;
import java.util.Optional;

/** The layer-4 policy that an AuthorizationPolicy is. */
record PolicyPart(Rules rules, String namespace, String name) implements Part.Of {

    @Override
    public Part answer(Reading reading) {
        Optional<SelectedPolicy> policy =
                reading.read(Named.policy(namespace, name)).map(PolicyFacts::policy);
        return policy.map(each -> Part.of(List.of(each.policy()))).orElse(Part.NOTHING);
    }
}

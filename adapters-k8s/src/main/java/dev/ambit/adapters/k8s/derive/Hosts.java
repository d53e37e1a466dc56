package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.HostClaim;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.Reach;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whose a host name is. In each namespace one object has it: the Service of that name, else the oldest ServiceEntry. For
 * the rest of the mesh one of those is meant: the Service, else the oldest entry that everybody may see.
 */
record Hosts(Rules rules, String host) implements Query<Hosts.Owners> {

    /** The owner in each namespace, and the one for all others, if there is any. */
    record Owners(Map<String, ObjectKey> byNamespace, Optional<ObjectKey> canonical) {
        boolean isOwner(ObjectKey key) {
            return key.equals(byNamespace.get(key.namespace()));
        }

        boolean isCanonical(ObjectKey key) {
            return canonical.isPresent() && canonical.get().equals(key);
        }
    }

    @Override
    public Owners answer(Reading reading) {
        Map<String, ObjectKey> owners = new LinkedHashMap<>();
        Optional<ObjectKey> canonical = Optional.empty();
        for (HostClaim claim : reading.read(Members.host(host))) {
            Reach reach = claim.service()
                    ? Reach.PUBLIC
                    : EntryReach.of(rules, reading, claim.key().namespace());
            if (reach != Reach.NONE
                    && owners.putIfAbsent(claim.key().namespace(), claim.key()) == null
                    && canonical.isEmpty()
                    && reach == Reach.PUBLIC) {
                canonical = Optional.of(claim.key());
            }
        }
        return new Owners(owners, canonical);
    }

    @Override
    public int level() {
        return Rules.OF_ONE_KIND;
    }
}

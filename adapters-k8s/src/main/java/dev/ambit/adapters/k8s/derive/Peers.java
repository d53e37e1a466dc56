package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.derive.Members.PeerClaim;
import dev.ambit.adapters.k8s.query.Query;
import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.policy.PeerAuthentications;
import java.util.ArrayList;
import java.util.List;

/** The PeerAuthentications that may concern a namespace: its own and those of the root namespace. */
record Peers(Rules rules, String namespace) implements Query<Peers.Known> {

    /** The same list is the same answer. */
    record Known(List<PeerAuthentication> all, String rootNamespace) {
        PeerAuthentications decide() {
            return new PeerAuthentications(all, rootNamespace);
        }
    }

    @Override
    public Known answer(Reading reading) {
        String root = rules.options().rootNamespace();
        var all = new ArrayList<PeerAuthentication>();
        add(reading.read(Members.peerAuthentications(namespace)), all);
        if (!namespace.equals(root)) {
            add(reading.read(Members.peerAuthentications(root)), all);
        }
        return new Known(List.copyOf(all), root);
    }

    private static void add(List<PeerClaim> claims, List<PeerAuthentication> all) {
        claims.forEach(claim -> all.add(claim.authentication()));
    }

    @Override
    public int level() {
        return Rules.OF_ONE_KIND;
    }
}

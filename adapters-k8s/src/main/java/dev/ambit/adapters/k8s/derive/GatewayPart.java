package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.query.Reading;
import dev.ambit.adapters.k8s.translate.GatewayFacts;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.AuthorizationPolicy.Scope;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.StringMatch;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadType;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Optional;

/**
 * What proxies have to know of a Gateway itself: the way into another network as a workload, so that they know its
 * identity; and the policy that lets a waypoint into what stands behind it, if the mesh wants that.
 */
record GatewayPart(Rules rules, String namespace, String name) implements Part.Of {
    private static final String SCHEME = "spiffe://";

    @Override
    public Part answer(Reading reading) {
        Optional<GatewayFacts> gateway = reading.read(Named.gateway(namespace, name));
        if (gateway.isEmpty()) {
            return Part.NOTHING;
        }
        List<Workload> ways = NetworkGateways.of(gateway.get(), rules.options().remote()).stream()
                .filter(way -> isFirst(reading, gateway.get(), way))
                .map(way -> workload(gateway.get(), way))
                .toList();
        return new Part(ways, List.of(), admission(reading).stream().toList(), List.of(), List.of(), List.of());
    }

    /** Two gateways may lead the same way. */
    private boolean isFirst(Reading reading, GatewayFacts gateway, NetworkGateways.Way way) {
        return reading.read(Members.gatewaysAt(gateway.network(), way))
                .getFirst()
                .equals(Keys.of("Gateway", namespace, name));
    }

    private Workload workload(GatewayFacts gateway, NetworkGateways.Way way) {
        String uid = "NetworkGateway/" + gateway.network() + "/" + way.address() + "/" + way.port();
        var builder = Workload.builder(new WorkloadUid(uid), namespace, uid)
                .trustDomain(rules.options().trustDomain())
                .serviceAccount(gateway.serviceAccount())
                .network(gateway.network())
                .workloadType(WorkloadType.DEPLOYMENT)
                .clusterId("");
        return IpAddress.parse(way.address())
                .map(ip -> builder.addresses(List.of(ip)))
                .orElseGet(() -> builder.hostname(way.address()))
                .build();
    }

    private Optional<AuthorizationPolicy> admission(Reading reading) {
        if (!rules.options().features().allowFromWaypoints()) {
            return Optional.empty();
        }
        List<StringMatch> principals = reading.read(Members.accountsOf(namespace, name)).stream()
                .map(account -> new SpiffeId(rules.options().trustDomain(), namespace, account).toString())
                .<StringMatch>map(id -> new StringMatch.Exact(id.substring(SCHEME.length())))
                .toList();
        boolean waypoint = reading.read(new WaypointNamed(rules, namespace, name)) instanceof WaypointNamed.Found.Ready;
        if (!waypoint || principals.isEmpty()) {
            return Optional.empty();
        }
        Match match = Match.EMPTY.withPrincipals(new Match.Strings(principals, List.of()));
        return Optional.of(new AuthorizationPolicy(
                GatewayPolicies.name(namespace, name),
                Scope.WORKLOAD_SELECTOR,
                Action.ALLOW,
                false,
                List.of(new Rule(List.of(new Clause(List.of(match)))))));
    }
}

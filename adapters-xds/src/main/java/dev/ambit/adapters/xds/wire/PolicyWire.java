package dev.ambit.adapters.xds.wire;

import com.google.protobuf.Empty;
import dev.ambit.adapters.xds.proto.security.Action;
import dev.ambit.adapters.xds.proto.security.Address;
import dev.ambit.adapters.xds.proto.security.Authorization;
import dev.ambit.adapters.xds.proto.security.Clause;
import dev.ambit.adapters.xds.proto.security.Rule;
import dev.ambit.adapters.xds.proto.security.Scope;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@link AuthorizationPolicy} to istio.security.Authorization and back.
 *
 * <p>Stricter than Istio's ztunnel, which drops a condition it cannot read from its list: a list that becomes empty no
 * longer counts, so an ALLOW would let through more than was asked for. Here the policy is rejected and the previous
 * version of it stays in force.
 */
final class PolicyWire {

    static AuthorizationPolicy decode(Authorization wire) throws RejectedResource {
        var name = new PolicyName(
                WireLimits.required("namespace", wire.getNamespace()), WireLimits.required("name", wire.getName()));
        AuthorizationPolicy.Scope scope = switch (wire.getScope()) {
            case GLOBAL -> AuthorizationPolicy.Scope.GLOBAL;
            case NAMESPACE -> AuthorizationPolicy.Scope.NAMESPACE;
            case WORKLOAD_SELECTOR -> AuthorizationPolicy.Scope.WORKLOAD_SELECTOR;
            case UNRECOGNIZED -> throw Wire.unknownEnum("scope", wire.getScopeValue());
        };
        AuthorizationPolicy.Action action = switch (wire.getAction()) {
            case ALLOW -> AuthorizationPolicy.Action.ALLOW;
            case DENY -> AuthorizationPolicy.Action.DENY;
            case UNRECOGNIZED -> throw Wire.unknownEnum("action", wire.getActionValue());
        };
        return new AuthorizationPolicy(name, scope, action, wire.getDryRun(), rules(wire.getRulesList()));
    }

    private static List<AuthorizationPolicy.Rule> rules(List<Rule> wire) throws RejectedResource {
        WireLimits.count("rules", wire, WireLimits.RULES_MAX);
        var rules = new ArrayList<AuthorizationPolicy.Rule>(wire.size());
        for (Rule rule : wire) {
            WireLimits.count("rules.clauses", rule.getClausesList(), WireLimits.CLAUSES_MAX);
            var clauses = new ArrayList<AuthorizationPolicy.Clause>(rule.getClausesCount());
            for (Clause clause : rule.getClausesList()) {
                WireLimits.count("rules.clauses.matches", clause.getMatchesList(), WireLimits.MATCHES_MAX);
                var matches = new ArrayList<Match>(clause.getMatchesCount());
                for (var match : clause.getMatchesList()) {
                    matches.add(match(match));
                }
                clauses.add(new AuthorizationPolicy.Clause(matches));
            }
            rules.add(new AuthorizationPolicy.Rule(clauses));
        }
        return rules;
    }

    private static Match match(dev.ambit.adapters.xds.proto.security.Match wire) throws RejectedResource {
        try {
            return new Match(
                    new Match.Strings(
                            strings("namespaces", wire.getNamespacesList()),
                            strings("not_namespaces", wire.getNotNamespacesList())),
                    new Match.Strings(
                            strings("principals", wire.getPrincipalsList()),
                            strings("not_principals", wire.getNotPrincipalsList())),
                    new Match.Blocks(
                            blocks("source_ips", wire.getSourceIpsList()),
                            blocks("not_source_ips", wire.getNotSourceIpsList())),
                    new Match.Blocks(
                            blocks("destination_ips", wire.getDestinationIpsList()),
                            blocks("not_destination_ips", wire.getNotDestinationIpsList())),
                    new Match.PortSet(
                            ports("destination_ports", wire.getDestinationPortsList()),
                            ports("not_destination_ports", wire.getNotDestinationPortsList())),
                    new Match.Accounts(
                            accounts("service_accounts", wire.getServiceAccountsList()),
                            accounts("not_service_accounts", wire.getNotServiceAccountsList())));
        } catch (RejectedResource e) {
            throw e.in("rules.clauses.matches");
        }
    }

    private static List<StringMatch> strings(String field, List<dev.ambit.adapters.xds.proto.security.StringMatch> wire)
            throws RejectedResource {
        WireLimits.count(field, wire, WireLimits.CONDITIONS_MAX);
        var strings = new ArrayList<StringMatch>(wire.size());
        for (var match : wire) {
            strings.add(
                    switch (match.getMatchTypeCase()) {
                        case EXACT -> new StringMatch.Exact(WireLimits.text(field, match.getExact()));
                        case PREFIX -> new StringMatch.Prefix(WireLimits.text(field, match.getPrefix()));
                        case SUFFIX -> new StringMatch.Suffix(WireLimits.text(field, match.getSuffix()));
                        case PRESENCE -> new StringMatch.Presence();
                        case MATCHTYPE_NOT_SET ->
                            throw new RejectedResource(field, "a condition is none of exact, prefix, suffix, presence");
                    });
        }
        return strings;
    }

    private static List<Cidr> blocks(String field, List<Address> wire) throws RejectedResource {
        WireLimits.count(field, wire, WireLimits.CONDITIONS_MAX);
        var blocks = new ArrayList<Cidr>(wire.size());
        for (Address address : wire) {
            blocks.add(Wire.block(field, address.getAddress(), address.getLength()));
        }
        return blocks;
    }

    private static Set<Integer> ports(String field, List<Integer> wire) throws RejectedResource {
        WireLimits.count(field, wire, WireLimits.CONDITIONS_MAX);
        var ports = new HashSet<Integer>();
        for (int port : wire) {
            ports.add(Wire.port(field, port));
        }
        return ports;
    }

    private static List<ServiceAccountMatch> accounts(
            String field, List<dev.ambit.adapters.xds.proto.security.ServiceAccountMatch> wire)
            throws RejectedResource {
        WireLimits.count(field, wire, WireLimits.CONDITIONS_MAX);
        var accounts = new ArrayList<ServiceAccountMatch>(wire.size());
        for (var account : wire) {
            accounts.add(new ServiceAccountMatch(
                    WireLimits.required(field + ".namespace", account.getNamespace()),
                    WireLimits.required(field + ".serviceAccount", account.getServiceAccount())));
        }
        return accounts;
    }

    static Authorization encode(AuthorizationPolicy policy) {
        var wire = Authorization.newBuilder()
                .setName(policy.name().name())
                .setNamespace(policy.name().namespace())
                .setScope(
                        switch (policy.scope()) {
                            case GLOBAL -> Scope.GLOBAL;
                            case NAMESPACE -> Scope.NAMESPACE;
                            case WORKLOAD_SELECTOR -> Scope.WORKLOAD_SELECTOR;
                        })
                .setAction(
                        switch (policy.action()) {
                            case ALLOW -> Action.ALLOW;
                            case DENY -> Action.DENY;
                        })
                .setDryRun(policy.dryRun());
        for (AuthorizationPolicy.Rule rule : policy.rules()) {
            var wireRule = wire.addRulesBuilder();
            for (AuthorizationPolicy.Clause clause : rule.clauses()) {
                var wireClause = wireRule.addClausesBuilder();
                clause.matches().forEach(match -> wireClause.addMatches(match(match)));
            }
        }
        return wire.build();
    }

    private static dev.ambit.adapters.xds.proto.security.Match match(Match match) {
        var wire = dev.ambit.adapters.xds.proto.security.Match.newBuilder();
        match.namespaces().any().forEach(m -> wire.addNamespaces(string(m)));
        match.namespaces().none().forEach(m -> wire.addNotNamespaces(string(m)));
        match.principals().any().forEach(m -> wire.addPrincipals(string(m)));
        match.principals().none().forEach(m -> wire.addNotPrincipals(string(m)));
        match.sourceIps().any().forEach(block -> wire.addSourceIps(block(block)));
        match.sourceIps().none().forEach(block -> wire.addNotSourceIps(block(block)));
        match.destinationIps().any().forEach(block -> wire.addDestinationIps(block(block)));
        match.destinationIps().none().forEach(block -> wire.addNotDestinationIps(block(block)));
        wire.addAllDestinationPorts(sorted(match.destinationPorts().any()));
        wire.addAllNotDestinationPorts(sorted(match.destinationPorts().none()));
        match.serviceAccounts().any().forEach(a -> wire.addServiceAccounts(account(a)));
        match.serviceAccounts().none().forEach(a -> wire.addNotServiceAccounts(account(a)));
        return wire.build();
    }

    /** Sets have no order of their own; equal policies must have equal bytes, whichever replica encodes them. */
    private static List<Integer> sorted(Collection<Integer> ports) {
        return ports.stream().sorted().toList();
    }

    private static dev.ambit.adapters.xds.proto.security.StringMatch string(StringMatch match) {
        var wire = dev.ambit.adapters.xds.proto.security.StringMatch.newBuilder();
        switch (match) {
            case StringMatch.Exact(String value) -> wire.setExact(value);
            case StringMatch.Prefix(String value) -> wire.setPrefix(value);
            case StringMatch.Suffix(String value) -> wire.setSuffix(value);
            case StringMatch.Presence() -> wire.setPresence(Empty.getDefaultInstance());
        }
        return wire.build();
    }

    private static Address block(Cidr block) {
        return Address.newBuilder()
                .setAddress(Wire.bytes(block.base()))
                .setLength(block.prefixLength())
                .build();
    }

    private static dev.ambit.adapters.xds.proto.security.ServiceAccountMatch account(ServiceAccountMatch account) {
        return dev.ambit.adapters.xds.proto.security.ServiceAccountMatch.newBuilder()
                .setNamespace(account.namespace())
                .setServiceAccount(account.serviceAccount())
                .build();
    }

    private PolicyWire() {}
}

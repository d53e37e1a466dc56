package dev.ambit.adapters.xds.local;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads policies. A condition that cannot be understood refuses the whole file: dropping it would open something. */
final class LocalPolicies {
    private static final Set<String> KNOWN = Set.of("name", "namespace", "scope", "action", "dryRun", "rules");
    private static final Set<String> MATCH = Set.of(
            "namespaces",
            "notNamespaces",
            "serviceAccounts",
            "notServiceAccounts",
            "principals",
            "notPrincipals",
            "sourceIps",
            "notSourceIps",
            "destinationIps",
            "notDestinationIps",
            "destinationPorts",
            "notDestinationPorts");
    private static final Set<String> STRINGS = Set.of("Exact", "Prefix", "Suffix", "Presence");

    static AuthorizationPolicy read(LocalFields.Item item) {
        var fields = new LocalFields(item.node(), item.path(), KNOWN);
        if (fields.node("rules").isEmpty()) {
            throw fields.wrong("rules", "must be set to a list, which may be empty");
        }
        var rules = new ArrayList<AuthorizationPolicy.Rule>();
        for (LocalFields.Item rule : fields.list("rules")) {
            var clauses = new ArrayList<AuthorizationPolicy.Clause>();
            for (LocalFields.Item clause : LocalFields.items(rule.node(), rule.path())) {
                clauses.add(new AuthorizationPolicy.Clause(LocalFields.items(clause.node(), clause.path()).stream()
                        .map(LocalPolicies::match)
                        .toList()));
            }
            rules.add(new AuthorizationPolicy.Rule(clauses));
        }
        return new AuthorizationPolicy(
                PolicyName.parse(fields.required("namespace") + "/" + fields.required("name"))
                        .orElseThrow(() -> fields.wrong("name", "must be without a slash")),
                fields.choice(
                        "scope",
                        Map.of(
                                "Global", AuthorizationPolicy.Scope.GLOBAL,
                                "Namespace", AuthorizationPolicy.Scope.NAMESPACE,
                                "WorkloadSelector", AuthorizationPolicy.Scope.WORKLOAD_SELECTOR),
                        null),
                fields.choice(
                        "action",
                        Map.of("Allow", AuthorizationPolicy.Action.ALLOW, "Deny", AuthorizationPolicy.Action.DENY),
                        null),
                fields.flag("dryRun", null),
                rules);
    }

    private static Match match(LocalFields.Item item) {
        var fields = new LocalFields(item.node(), item.path(), MATCH);
        return new Match(
                new Match.Strings(strings(fields, "namespaces"), strings(fields, "notNamespaces")),
                new Match.Strings(strings(fields, "principals"), strings(fields, "notPrincipals")),
                new Match.Blocks(blocks(fields, "sourceIps"), blocks(fields, "notSourceIps")),
                new Match.Blocks(blocks(fields, "destinationIps"), blocks(fields, "notDestinationIps")),
                new Match.PortSet(ports(fields, "destinationPorts"), ports(fields, "notDestinationPorts")),
                new Match.Accounts(accounts(fields, "serviceAccounts"), accounts(fields, "notServiceAccounts")));
    }

    private static List<StringMatch> strings(LocalFields fields, String key) {
        return fields.list(key).stream().map(LocalPolicies::string).toList();
    }

    private static StringMatch string(LocalFields.Item item) {
        var fields = new LocalFields(item.node(), item.path(), STRINGS);
        Map<String, LocalNode> entries = LocalFields.entries(item.node(), item.path());
        if (entries.size() != 1) {
            throw new LocalMeshException(
                    item.node().line(), item.path() + " must have one of Exact, Prefix, Suffix and Presence");
        }
        String kind = entries.keySet().iterator().next();
        return switch (kind) {
            case "Exact" -> new StringMatch.Exact(fields.required(kind));
            case "Prefix" -> new StringMatch.Prefix(fields.required(kind));
            case "Suffix" -> new StringMatch.Suffix(fields.required(kind));
            default -> {
                if (!fields.list(kind).isEmpty()) {
                    throw fields.wrong(kind, "must be []");
                }
                yield new StringMatch.Presence();
            }
        };
    }

    /** An address alone is a block of one. */
    private static List<Cidr> blocks(LocalFields fields, String key) {
        return fields.list(key).stream()
                .map(item -> item.parsed(Cidr::parse, "a block such as 10.0.0.0/24"))
                .toList();
    }

    private static Set<Integer> ports(LocalFields fields, String key) {
        var ports = new HashSet<Integer>();
        fields.list(key).forEach(item -> ports.add(LocalFields.port(item.node(), item.path())));
        return ports;
    }

    private static List<ServiceAccountMatch> accounts(LocalFields fields, String key) {
        var accounts = new ArrayList<ServiceAccountMatch>();
        for (LocalFields.Item item : fields.list(key)) {
            var account = new LocalFields(item.node(), item.path(), Set.of("namespace", "serviceAccount"));
            accounts.add(new ServiceAccountMatch(account.required("namespace"), account.required("serviceAccount")));
        }
        return accounts;
    }

    private LocalPolicies() {}
}

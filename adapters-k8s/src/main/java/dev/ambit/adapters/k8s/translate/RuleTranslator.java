package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.MatchReader.Values;
import dev.ambit.domain.policy.AuthorizationPolicy.Action;
import dev.ambit.domain.policy.AuthorizationPolicy.Clause;
import dev.ambit.domain.policy.AuthorizationPolicy.Rule;
import dev.ambit.domain.policy.Match;
import io.fabric8.istio.api.api.security.v1beta1.Condition;
import io.fabric8.istio.api.api.security.v1beta1.Operation;
import io.fabric8.istio.api.api.security.v1beta1.RuleFrom;
import io.fabric8.istio.api.api.security.v1beta1.RuleTo;
import io.fabric8.istio.api.api.security.v1beta1.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One rule of an AuthorizationPolicy to what layer 4 can decide.
 *
 * <p>Layer-7 attributes are not known there. An ALLOW rule that has any is dropped whole, so nothing gets in that the
 * attribute might have kept out. A DENY rule keeps its other conditions and so denies more than was asked; if it has no
 * other conditions it denies everything the policy selects (Istio's ztunnel would let everything pass instead).
 */
final class RuleTranslator {
    private static final Pattern LAYER_7_KEY = Pattern.compile("request\\.(headers\\[.+]|auth\\.(principal|audiences|"
            + "presenter|claims\\[.+]))|remote\\.ip|connection\\.sni|experimental\\.envoy\\.filters\\..+");

    private final Action action;
    private final MatchReader reader;
    private final Findings findings;
    /** Attributes of layer 7 in any rule so far. */
    private final SortedSet<String> layer7 = new TreeSet<>();

    private boolean deniesEverything;
    private int values;

    RuleTranslator(Action action, String policyNamespace, Findings findings) {
        this.action = action;
        this.reader = new MatchReader(policyNamespace, findings);
        this.findings = findings;
    }

    /** What one condition is at layer 4; an empty match with a layer-7 part holds for everything. */
    private record Part(Match match, List<String> layer7) {}

    /** What is not known at layer 4 in the rules that were translated, in order of names. */
    SortedSet<String> layer7() {
        return Collections.unmodifiableSortedSet(layer7);
    }

    /** Whether a rule of a DENY has no condition left that layer 4 can decide. */
    boolean deniesEverything() {
        return deniesEverything;
    }

    /** Empty if the rule is dropped. */
    Optional<Rule> translate(io.fabric8.istio.api.api.security.v1beta1.Rule rule, FieldPath path) {
        var clauses = new ArrayList<Clause>();
        var unknown = new ArrayList<String>();
        alternatives(operations(Fields.list(rule.getTo()), path.child("to")), clauses, unknown);
        alternatives(sources(Fields.list(rule.getFrom()), path.child("from")), clauses, unknown);
        List<Condition> conditions = Fields.list(rule.getWhen());
        for (int i = 0; i < conditions.size(); i++) {
            alternatives(List.of(condition(conditions.get(i), path.child("when").child(i))), clauses, unknown);
        }
        if (unknown.isEmpty()) {
            return Optional.of(new Rule(clauses));
        }
        layer7.addAll(unknown);
        deniesEverything |= action == Action.DENY && clauses.isEmpty();
        findings.warn(path, consequence(unknown, clauses.isEmpty()));
        return action == Action.ALLOW ? Optional.empty() : Optional.of(new Rule(clauses));
    }

    private String consequence(List<String> layer7, boolean nothingLeft) {
        String unknown = layer7 + " cannot be decided at layer 4: ";
        if (action == Action.ALLOW) {
            return unknown + "the rule allows nothing here";
        }
        return unknown
                + (nothingLeft
                        ? "the rule denies everything that the policy selects"
                        : "the rule denies whatever its other conditions match");
    }

    /** Adds a clause for conditions of which one must hold; if one holds for everything no clause is needed. */
    private static void alternatives(List<Part> parts, List<Clause> clauses, List<String> layer7) {
        parts.forEach(part -> layer7.addAll(part.layer7()));
        boolean limits = parts.stream().noneMatch(part -> part.match().isEmpty());
        if (!parts.isEmpty() && limits) {
            clauses.add(new Clause(parts.stream().map(Part::match).toList()));
        }
    }

    private List<Part> operations(List<RuleTo> list, FieldPath path) {
        var parts = new ArrayList<Part>();
        for (int i = 0; i < list.size(); i++) {
            FieldPath at = path.child(i).child("operation");
            parts.add(part(operation(list.get(i).getOperation(), at), at));
        }
        return parts;
    }

    private Part operation(@Nullable Operation operation, FieldPath at) {
        if (operation == null) {
            return new Part(Match.EMPTY, List.of());
        }
        Map<String, @Nullable List<String>> layer7 = new LinkedHashMap<>();
        layer7.put("hosts", operation.getHosts());
        layer7.put("notHosts", operation.getNotHosts());
        layer7.put("methods", operation.getMethods());
        layer7.put("notMethods", operation.getNotMethods());
        layer7.put("paths", operation.getPaths());
        layer7.put("notPaths", operation.getNotPaths());
        Match match = Match.EMPTY.withDestinationPorts(
                reader.ports(values(at, "ports", operation.getPorts(), "notPorts", operation.getNotPorts())));
        return new Part(match, present(layer7));
    }

    private List<Part> sources(List<RuleFrom> list, FieldPath path) {
        var parts = new ArrayList<Part>();
        for (int i = 0; i < list.size(); i++) {
            FieldPath at = path.child(i).child("source");
            parts.add(part(source(list.get(i).getSource(), at), at));
        }
        return parts;
    }

    private Part source(@Nullable Source source, FieldPath at) {
        if (source == null) {
            return new Part(Match.EMPTY, List.of());
        }
        Map<String, @Nullable List<String>> layer7 = new LinkedHashMap<>();
        layer7.put("remoteIpBlocks", source.getRemoteIpBlocks());
        layer7.put("notRemoteIpBlocks", source.getNotRemoteIpBlocks());
        layer7.put("requestPrincipals", source.getRequestPrincipals());
        layer7.put("notRequestPrincipals", source.getNotRequestPrincipals());
        Match match = Match.EMPTY
                .withSourceIps(reader.blocks(
                        values(at, "ipBlocks", source.getIpBlocks(), "notIpBlocks", source.getNotIpBlocks())))
                .withNamespaces(reader.strings(
                        values(at, "namespaces", source.getNamespaces(), "notNamespaces", source.getNotNamespaces())))
                .withPrincipals(reader.principals(
                        values(at, "principals", source.getPrincipals(), "notPrincipals", source.getNotPrincipals())))
                .withServiceAccounts(reader.accounts(values(
                        at,
                        "serviceAccounts",
                        source.getServiceAccounts(),
                        "notServiceAccounts",
                        source.getNotServiceAccounts())));
        return new Part(match, present(layer7));
    }

    private Part part(Part part, FieldPath at) {
        // A match may also be empty because none of its values could be read, which has been said already.
        if (part.match().isEmpty() && part.layer7().isEmpty() && !findings.rejected()) {
            findings.reject(at, "has no condition: add one, or take the entry away");
        }
        return part;
    }

    private Part condition(Condition condition, FieldPath at) {
        String key = Fields.text(condition.getKey());
        Values values = values(at, "values", condition.getValues(), "notValues", condition.getNotValues());
        if (Fields.list(condition.getValues()).isEmpty()
                && Fields.list(condition.getNotValues()).isEmpty()) {
            findings.reject(at, "the condition on '" + key + "' has neither values nor notValues");
        }
        return switch (key) {
            case "source.ip" -> new Part(Match.EMPTY.withSourceIps(reader.blocks(values)), List.of());
            case "source.namespace" -> new Part(Match.EMPTY.withNamespaces(reader.strings(values)), List.of());
            case "source.principal" -> new Part(Match.EMPTY.withPrincipals(reader.principals(values)), List.of());
            case "source.serviceAccount" ->
                new Part(Match.EMPTY.withServiceAccounts(reader.accounts(values)), List.of());
            case "destination.ip" -> new Part(Match.EMPTY.withDestinationIps(reader.blocks(values)), List.of());
            case "destination.port" -> new Part(Match.EMPTY.withDestinationPorts(reader.ports(values)), List.of());
            default -> layer7Condition(key, at);
        };
    }

    private Part layer7Condition(String key, FieldPath at) {
        if (!LAYER_7_KEY.matcher(key).matches()) {
            findings.reject(
                    at.child("key"), "'" + key + "' is no condition that Istio knows, such as source.principal");
        }
        return new Part(Match.EMPTY, List.of(key));
    }

    /** Counts on the way, so that a policy of a million values is refused before it is compiled. */
    private Values values(
            FieldPath at, String anyField, @Nullable List<String> any, String noneField, @Nullable List<String> none) {
        values += Fields.list(any).size() + Fields.list(none).size();
        if (values > ObjectLimits.VALUES) {
            ObjectLimits.size(at, values, ObjectLimits.VALUES, findings);
            return new Values(List.of(), at.child(anyField), List.of(), at.child(noneField));
        }
        return new Values(any, at.child(anyField), none, at.child(noneField));
    }

    private static List<String> present(Map<String, @Nullable List<String>> lists) {
        return lists.entrySet().stream()
                .filter(entry -> !Fields.list(entry.getValue()).isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }
}

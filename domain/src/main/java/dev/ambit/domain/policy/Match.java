package dev.ambit.domain.policy;

import dev.ambit.domain.address.Cidr;
import java.util.List;
import java.util.Set;

/**
 * Conditions on one connection (istio.security.Match). Within a list one entry has to match; within its {@code not}
 * twin none may; lists that are empty do not count; a match with all lists empty never matches.
 */
public record Match(
        Strings namespaces,
        Strings principals,
        Blocks sourceIps,
        Blocks destinationIps,
        PortSet destinationPorts,
        Accounts serviceAccounts) {

    /** No condition at all; matches nothing. The starting point of the {@code with} methods. */
    public static final Match EMPTY =
            new Match(Strings.NONE, Strings.NONE, Blocks.NONE, Blocks.NONE, PortSet.NONE, Accounts.NONE);

    public boolean isEmpty() {
        return equals(EMPTY);
    }

    public Match withNamespaces(Strings strings) {
        return new Match(strings, principals, sourceIps, destinationIps, destinationPorts, serviceAccounts);
    }

    public Match withPrincipals(Strings strings) {
        return new Match(namespaces, strings, sourceIps, destinationIps, destinationPorts, serviceAccounts);
    }

    public Match withSourceIps(Blocks blocks) {
        return new Match(namespaces, principals, blocks, destinationIps, destinationPorts, serviceAccounts);
    }

    public Match withDestinationIps(Blocks blocks) {
        return new Match(namespaces, principals, sourceIps, blocks, destinationPorts, serviceAccounts);
    }

    public Match withDestinationPorts(PortSet ports) {
        return new Match(namespaces, principals, sourceIps, destinationIps, ports, serviceAccounts);
    }

    public Match withServiceAccounts(Accounts accounts) {
        return new Match(namespaces, principals, sourceIps, destinationIps, destinationPorts, accounts);
    }

    /** Conditions on a string. */
    public record Strings(List<StringMatch> any, List<StringMatch> none) {
        public static final Strings NONE = new Strings(List.of(), List.of());

        public Strings {
            any = List.copyOf(any);
            none = List.copyOf(none);
        }

        public boolean isEmpty() {
            return any.isEmpty() && none.isEmpty();
        }
    }

    /** Conditions on an address. */
    public record Blocks(List<Cidr> any, List<Cidr> none) {
        public static final Blocks NONE = new Blocks(List.of(), List.of());

        public Blocks {
            any = List.copyOf(any);
            none = List.copyOf(none);
        }

        public boolean isEmpty() {
            return any.isEmpty() && none.isEmpty();
        }
    }

    /** Conditions on a port. */
    public record PortSet(Set<Integer> any, Set<Integer> none) {
        public static final PortSet NONE = new PortSet(Set.of(), Set.of());

        public PortSet {
            any = Set.copyOf(any);
            none = Set.copyOf(none);
        }

        public boolean isEmpty() {
            return any.isEmpty() && none.isEmpty();
        }
    }

    /** Conditions on the caller's service account. */
    public record Accounts(List<ServiceAccountMatch> any, List<ServiceAccountMatch> none) {
        public static final Accounts NONE = new Accounts(List.of(), List.of());

        public Accounts {
            any = List.copyOf(any);
            none = List.copyOf(none);
        }

        public boolean isEmpty() {
            return any.isEmpty() && none.isEmpty();
        }
    }
}

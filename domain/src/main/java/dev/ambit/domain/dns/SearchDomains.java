package dev.ambit.domain.dns;

import java.util.List;

/** The domains that the client's own resolver appends to a name before it asks us. */
public sealed interface SearchDomains {

    /** Those that Kubernetes gives a pod: of its namespace, of services, of the cluster. */
    record OfNamespace() implements SearchDomains {}

    /** Those of one resolv.conf. */
    record Fixed(List<DnsName> domains) implements SearchDomains {
        public Fixed {
            domains = List.copyOf(domains);
        }
    }
}

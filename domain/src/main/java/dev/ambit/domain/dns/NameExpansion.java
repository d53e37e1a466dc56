package dev.ambit.domain.dns;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The names that a client may mean by one: Kubernetes lets it leave out parts, and its resolver appends search domains.
 *
 * <p>Full names are {@code <service>.<namespace>.svc.<cluster domain>} and
 * {@code <host>.<subdomain>.<namespace>.svc.<cluster domain>} (Kubernetes, "DNS for Services and Pods").
 */
public final class NameExpansion {
    private static final DnsName SVC = new DnsName("svc");

    private final DnsName cluster;
    private final DnsName services;
    private final String servicesSuffix;
    private final SearchDomains search;

    /**
     * Names of one cluster.
     *
     * @param clusterDomain usually {@code cluster.local}
     */
    public NameExpansion(String clusterDomain, SearchDomains search) {
        this.cluster = new DnsName(clusterDomain);
        this.services = SVC.in(cluster);
        this.servicesSuffix = "." + services.text();
        this.search = search;
    }

    /** Every reading of a name once, the likeliest first. */
    public List<NameAlias> aliases(DnsName requested, String clientNamespace) {
        DnsName ofNamespace = new DnsName(clientNamespace).in(services);
        Map<DnsName, NameAlias> aliases = new LinkedHashMap<>();
        add(requested, requested, ofNamespace, aliases);
        for (DnsName domain : searchDomains(ofNamespace)) {
            requested.before(domain).ifPresent(stripped -> add(stripped, stripped, ofNamespace, aliases));
        }
        return List.copyOf(aliases.values());
    }

    private List<DnsName> searchDomains(DnsName ofNamespace) {
        return switch (search) {
            case SearchDomains.OfNamespace() -> List.of(ofNamespace, services, cluster);
            case SearchDomains.Fixed(List<DnsName> domains) -> domains;
        };
    }

    private void add(DnsName name, DnsName owner, DnsName ofNamespace, Map<DnsName, NameAlias> aliases) {
        aliases.putIfAbsent(name, new NameAlias(name, owner));
        for (DnsName full : kubernetesNames(name, ofNamespace)) {
            aliases.putIfAbsent(full, new NameAlias(full, owner));
        }
    }

    /** The full names of which this may be the beginning. */
    List<DnsName> kubernetesNames(DnsName name, DnsName ofNamespace) {
        List<DnsName> full = new ArrayList<>(2);
        boolean endsInSvc = name.isWithin(SVC);
        switch (name.labelCount()) {
            case 1 -> full.add(name.in(ofNamespace));
            case 2 -> {
                full.add(name.in(services));
                full.add(name.in(ofNamespace));
            }
            case 3 -> {
                if (endsInSvc) {
                    full.add(name.in(cluster));
                }
                full.add(name.in(services));
            }
            case 4 -> {
                if (endsInSvc) {
                    full.add(name.in(cluster));
                }
            }
            default -> {
                // The root, or a name too long to be a short one.
            }
        }
        return full;
    }

    /** Whether a service is Kubernetes' own, which is the only kind that answers without an address of its own. */
    boolean isOfCluster(String hostname) {
        return hostname.endsWith(servicesSuffix);
    }
}

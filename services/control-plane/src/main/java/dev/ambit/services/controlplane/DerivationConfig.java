package dev.ambit.services.controlplane;

import dev.ambit.adapters.k8s.translate.DerivationFeatures;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.EntryVisibility;
import dev.ambit.adapters.k8s.translate.DerivationFeatures.UnboundWaypoint;
import dev.ambit.adapters.k8s.translate.EntryVisibilities;
import dev.ambit.adapters.k8s.translate.ServiceScopes;
import dev.ambit.adapters.k8s.translate.ServiceSharing;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress.Family;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.List;
import java.util.Locale;

/** What a mesh may have differently; variables that istiod has are named as istiod's. */
@ConfigurationProperties("control-plane.derivation")
public record DerivationConfig(
        String unboundWaypoint,
        boolean dryRunPolicies,
        boolean allowFromWaypoints,
        boolean servicesSelectEntries,
        boolean entriesSelectPods,
        String allocationIpv4,
        String allocationIpv6,
        String entryVisibility,
        boolean multiNetwork,
        String serviceScopes) {
    public DerivationConfig {
        if (!unboundWaypoint.equals("refuse") && !unboundWaypoint.equals("direct")) {
            throw new IllegalArgumentException("AMBIT_UNBOUND_WAYPOINT is '" + unboundWaypoint
                    + "'; it must be refuse (traffic waits for its waypoint) or direct (it goes around, as in Istio)");
        }
        block("PILOT_IP_AUTOALLOCATE_IPV4_PREFIX", allocationIpv4, Family.IPV4);
        block("PILOT_IP_AUTOALLOCATE_IPV6_PREFIX", allocationIpv6, Family.IPV6);
        visibility(entryVisibility);
        scopes(serviceScopes);
    }

    private static List<ServiceSharing.Rule> scopes(String json) {
        try {
            return ServiceScopes.parse(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "AMBIT_SERVICE_SCOPE_CONFIGS cannot be used; it must be JSON as Istio's"
                            + " meshConfig.serviceScopeConfigs, such as [{\"servicesSelector\": {\"matchLabels\":"
                            + " {\"istio.io/global\": \"true\"}}, \"scope\": \"GLOBAL\"}]: " + e.getMessage(),
                    e);
        }
    }

    private static List<EntryVisibility> visibility(String json) {
        try {
            return EntryVisibilities.parse(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "AMBIT_SERVICE_ENTRY_VISIBILITY cannot be used; it must be JSON as Istio's"
                            + " meshConfig.serviceEntryVisibility, such as {\"defaultVisibility\": \"NAMESPACE\"}: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Cidr block(String variable, String text, Family family) {
        return Cidr.parse(text)
                .filter(block -> block.base().family() == family && !block.isHost())
                .orElseThrow(() -> new IllegalArgumentException(
                        variable + " is '" + text + "'; it must be a block of " + family + " addresses"));
    }

    /** The same as the derivation takes it. */
    DerivationFeatures features() {
        return new DerivationFeatures(
                dryRunPolicies,
                allowFromWaypoints,
                servicesSelectEntries,
                entriesSelectPods,
                UnboundWaypoint.valueOf(unboundWaypoint.toUpperCase(Locale.ROOT)),
                visibility(entryVisibility),
                List.of(
                        block("PILOT_IP_AUTOALLOCATE_IPV4_PREFIX", allocationIpv4, Family.IPV4),
                        block("PILOT_IP_AUTOALLOCATE_IPV6_PREFIX", allocationIpv6, Family.IPV6)),
                new ServiceSharing(multiNetwork, scopes(serviceScopes)));
    }
}

package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.Cidr;
import java.util.List;

/**
 * What a mesh may have differently. The defaults are Istio's, but for {@code unboundWaypoint}.
 *
 * @param dryRunPolicies whether policies with {@code istio.io/dry-run} are sent, to be evaluated but not enforced
 * @param allowFromWaypoints whether what stands behind a waypoint lets it in without a policy that says so
 * @param servicesSelectEntries whether Services select WorkloadEntries
 * @param entriesSelectPods whether ServiceEntries select pods
 * @param unboundWaypoint what becomes of traffic that should pass a waypoint which is not there
 * @param entryVisibility who sees ServiceEntries, by namespace: the first that selects the entry's namespace decides;
 *     if none does, everybody
 * @param allocation the blocks from which ServiceEntries without an address get one
 * @param sharing what clusters share
 */
public record DerivationFeatures(
        boolean dryRunPolicies,
        boolean allowFromWaypoints,
        boolean servicesSelectEntries,
        boolean entriesSelectPods,
        UnboundWaypoint unboundWaypoint,
        List<EntryVisibility> entryVisibility,
        List<Cidr> allocation,
        ServiceSharing sharing) {
    private static final List<Cidr> ISTIO_BLOCKS = List.of(
            Cidr.parse("240.240.0.0/16").orElseThrow(),
            Cidr.parse("2001:2::/48").orElseThrow());

    public DerivationFeatures {
        entryVisibility = List.copyOf(entryVisibility);
        allocation = List.copyOf(allocation);
    }

    /** What becomes of traffic to somebody who asks for a waypoint and does not get it. */
    public enum UnboundWaypoint {
        /** It is refused: what goes around a waypoint goes around its policies. */
        REFUSE,
        /** It goes there directly, as in Istio. */
        DIRECT
    }

    /** Who sees the ServiceEntries of the namespaces that a selector selects. */
    public record EntryVisibility(LabelMatch namespaces, Reach reach) {}

    /** Istio's {@code serviceEntryVisibility}. */
    public enum Reach {
        PUBLIC,
        NAMESPACE,
        /** The entry is not sent at all. */
        NONE
    }

    public static DerivationFeatures defaults() {
        return new DerivationFeatures(
                false, false, true, true, UnboundWaypoint.REFUSE, List.of(), ISTIO_BLOCKS, ServiceSharing.OFF);
    }

    public DerivationFeatures with(UnboundWaypoint other) {
        return new DerivationFeatures(
                dryRunPolicies,
                allowFromWaypoints,
                servicesSelectEntries,
                entriesSelectPods,
                other,
                entryVisibility,
                allocation,
                sharing);
    }

    public DerivationFeatures withDryRunPolicies() {
        return new DerivationFeatures(
                true,
                allowFromWaypoints,
                servicesSelectEntries,
                entriesSelectPods,
                unboundWaypoint,
                entryVisibility,
                allocation,
                sharing);
    }

    public DerivationFeatures withAllowFromWaypoints() {
        return new DerivationFeatures(
                dryRunPolicies,
                true,
                servicesSelectEntries,
                entriesSelectPods,
                unboundWaypoint,
                entryVisibility,
                allocation,
                sharing);
    }

    public DerivationFeatures with(List<EntryVisibility> other) {
        return new DerivationFeatures(
                dryRunPolicies,
                allowFromWaypoints,
                servicesSelectEntries,
                entriesSelectPods,
                unboundWaypoint,
                other,
                allocation,
                sharing);
    }

    public DerivationFeatures with(ServiceSharing other) {
        return new DerivationFeatures(
                dryRunPolicies,
                allowFromWaypoints,
                servicesSelectEntries,
                entriesSelectPods,
                unboundWaypoint,
                entryVisibility,
                allocation,
                other);
    }

    /** For a cluster of which only workloads and what all share are taken. */
    DerivationFeatures ofRemote() {
        // What lets waypoints in is decided where they are, by that cluster's own control plane.
        return new DerivationFeatures(
                dryRunPolicies,
                false,
                servicesSelectEntries,
                entriesSelectPods,
                unboundWaypoint,
                entryVisibility,
                allocation,
                sharing);
    }
}

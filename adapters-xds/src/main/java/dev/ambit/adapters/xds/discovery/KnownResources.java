package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.Decoded;
import dev.ambit.adapters.xds.wire.ResourceDecoder;
import dev.ambit.adapters.xds.wire.SharedParts;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a proxy was sent and accepted, by type and name: which version, and how to undo it.
 *
 * <p>A resource that was rejected keeps the entry of the version before it, because that version stays in force: the
 * control plane must hear of it after a reconnect, or it could never take it back. Not safe for use by several threads at
 * once.
 */
final class KnownResources {
    /** Per type. Fifty times the largest cluster Kubernetes promises to run. */
    private static final int RESOURCES_MAX = 10_000_000;

    private static final int PROBLEMS_MAX = 100;

    private record Known(String version, MeshChange upsert, MeshChange removal) {}

    /** A push, read: what it changes and what was wrong with it. Nothing is known of it before it is committed. */
    static final class Push {
        private final List<MeshChange> changes = new ArrayList<>();
        private final Map<String, Known> accepted = new HashMap<>();
        private final List<String> removed = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final Map<String, Answer> answers = new HashMap<>();
        private int rejected;

        List<MeshChange> changes() {
            return changes;
        }

        int rejected() {
            return rejected;
        }

        /** {@code name: reason; name: reason}, as the control plane's log will have it; empty if all is well. */
        String problem() {
            String listed = String.join("; ", problems);
            return rejected > problems.size() ? listed + "; and " + (rejected - problems.size()) + " more" : listed;
        }

        /** What it says of names that may have been asked for, whether it changes anything or not. */
        Map<String, Answer> answers() {
            return answers;
        }

        private void answer(Resource resource, Answer answer) {
            answers.put(resource.getName(), answer);
            resource.getAliasesList().forEach(alias -> answers.put(alias, answer));
        }

        private void reject(String name, String why) {
            rejected++;
            if (problems.size() < PROBLEMS_MAX) {
                problems.add(name + ": " + why);
            }
        }
    }

    private final Map<String, Map<String, Known>> byType =
            Map.of(TypeUrl.ADDRESS, new HashMap<>(), TypeUrl.AUTHORIZATION, new HashMap<>());

    boolean isKnownType(String typeUrl) {
        return byType.containsKey(typeUrl);
    }

    /** Names and versions, for the first request of a stream. */
    Map<String, String> versions(String typeUrl) {
        var versions = new HashMap<String, String>();
        of(typeUrl).forEach((name, known) -> versions.put(name, known.version));
        return versions;
    }

    private Map<String, Known> of(String typeUrl) {
        Map<String, Known> known = byType.get(typeUrl);
        if (known == null) {
            throw new IllegalArgumentException("not a type of ours: " + typeUrl);
        }
        return known;
    }

    /**
     * Reads a push of a known type. For addresses removals come first, since an address may have a new owner; for
     * policies they come last, so that a replaced policy leaves no gap.
     */
    Push read(DeltaDiscoveryResponse response) {
        Map<String, Known> known = of(response.getTypeUrl());
        var push = new Push();
        var shared = new SharedParts();
        var upserts = new ArrayList<MeshChange>();
        response.getRemovedResourcesList().forEach(name -> push.answers.put(name, Answer.ABSENT));
        for (Resource resource : response.getResourcesList()) {
            push.answer(resource, Answer.UNUSABLE);
            if (!resource.getResource().getTypeUrl().equals(response.getTypeUrl())) {
                push.reject(resource.getName(), "is not of the type of the response");
                continue;
            }
            if (known.size() + push.accepted.size() >= RESOURCES_MAX) {
                push.reject(resource.getName(), "this proxy knows " + RESOURCES_MAX + " resources, which is the limit");
                continue;
            }
            switch (ResourceDecoder.decode(resource, shared)) {
                case Decoded.Rejected<MeshChange>(String why) -> push.reject(resource.getName(), why);
                case Decoded.Accepted<MeshChange>(MeshChange change) -> {
                    upserts.add(change);
                    push.answer(resource, Answer.PRESENT);
                    namesOf(change).forEach(name -> push.answers.put(name.toString(), Answer.PRESENT));
                    ResourceDecoder.removal(change)
                            .ifPresent(removal -> push.accepted.put(
                                    // Equal to the resource's, and in memory anyway.
                                    ResourceDecoder.name(change), new Known(resource.getVersion(), change, removal)));
                }
            }
        }
        var removals = new ArrayList<MeshChange>();
        for (String name : response.getRemovedResourcesList()) {
            Known gone = known.get(name);
            // Sent and taken back at once: what was sent stays, here as in the view, or the two would differ for ever.
            if (gone != null && !push.accepted.containsKey(name)) {
                removals.add(gone.removal);
                push.removed.add(name);
            }
        }
        boolean removalsFirst = response.getTypeUrl().equals(TypeUrl.ADDRESS);
        push.changes.addAll(removalsFirst ? removals : upserts);
        push.changes.addAll(removalsFirst ? upserts : removals);
        return push;
    }

    private static Set<MeshName> namesOf(MeshChange change) {
        return switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) -> MeshName.of(workload);
            case MeshChange.ServiceUpserted(MeshService service) -> MeshName.of(service);
            default -> Set.of();
        };
    }

    /** The removals of all workloads and services that these names do not stand for and that are not the node's own. */
    Map<String, MeshChange> unwanted(Set<String> wanted, String ownNode) {
        Map<String, Known> known = of(TypeUrl.ADDRESS);
        var services = new HashSet<String>();
        known.forEach((name, resource) -> {
            if (resource.upsert instanceof MeshChange.ServiceUpserted(MeshService service)
                    && isAmong(wanted, MeshName.of(service))) {
                services.add(name);
            }
        });
        var unwanted = new LinkedHashMap<String, MeshChange>();
        known.forEach((name, resource) -> {
            boolean kept = services.contains(name)
                    || (resource.upsert instanceof MeshChange.WorkloadUpserted(Workload workload)
                            && (isAmong(wanted, MeshName.of(workload))
                                    || (!ownNode.isEmpty() && workload.node().equals(ownNode))
                                    || workload.services().keySet().stream()
                                            .anyMatch(service -> services.contains(service.toString()))));
            if (!kept) {
                unwanted.put(name, resource.removal);
            }
        });
        return unwanted;
    }

    private static boolean isAmong(Set<String> wanted, Set<MeshName> names) {
        return names.stream().anyMatch(name -> wanted.contains(name.toString()));
    }

    /** These are not followed any more. */
    void forget(Collection<String> addresses) {
        of(TypeUrl.ADDRESS).keySet().removeAll(addresses);
    }

    /** The push was taken over by whoever listens. */
    void commit(String typeUrl, Push push) {
        Map<String, Known> known = of(typeUrl);
        push.removed.forEach(known::remove);
        known.putAll(push.accepted);
    }
}

package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Kind;
import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Touched;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one stream wants of one type and has not been sent yet. Who wants everything is remembered by how far it has read the
 * {@link ChangeLog}: two numbers, however large the mesh. Who asks by name is remembered with names, never content: what is sent
 * is what the catalogue has at that moment.
 *
 * <p>Guarded by its stream's lock and used while {@link ResourceCatalogue#reading} or applying.
 */
final class Subscription {
    /** Names a subscriber may ask for one by one. */
    static final int ASKED_MAX = 10_000;

    /** How far the names to send may outnumber the resources there are: names of things that came and went. */
    private static final int STALE_NAMES_MAX = 20_000;

    private static final String EVERYTHING = "*";

    private final String typeUrl;
    private final String ownNode;
    private final ResourceCatalogue catalogue;
    private final Set<String> asked = new HashSet<>();
    /** What a proxy that came back has already, by the names it was sent. */
    private final Set<String> retained = new HashSet<>();

    private final Set<String> followedServices = new HashSet<>();
    /** Names to be sent, beside everything if that is wanted. */
    private Set<String> dirty = new LinkedHashSet<>();

    private boolean wildcard;
    /** Whether nothing of everything was sent yet: no removal concerns it. */
    private boolean fresh = true;

    private long upsertsRead;
    private long removalsRead;
    /** What a proxy that came back has, until it is first sent what it lacks. */
    private Map<String, String> held = Map.of();

    private boolean answerOwed = true;
    private final Answered answered = new Answered();

    Subscription(String typeUrl, String ownNode, ResourceCatalogue catalogue) {
        this.typeUrl = typeUrl;
        this.ownNode = ownNode;
        this.catalogue = catalogue;
    }

    String typeUrl() {
        return typeUrl;
    }

    /** Whether a request names anything, so that the catalogue has to {@linkplain ResourceCatalogue#serveNames know names}. */
    static boolean isByName(DeltaDiscoveryRequest request) {
        return request.getResourceNamesUnsubscribeList().contains(EVERYTHING)
                || request.getResourceNamesSubscribeList().stream().anyMatch(name -> !name.equals(EVERYTHING));
    }

    /** The first request of a type; no names at all means everything. */
    void begin(DeltaDiscoveryRequest request) {
        wildcard = request.getResourceNamesSubscribeCount() == 0;
        change(request);
        Map<String, String> versions = request.getInitialResourceVersionsMap();
        if (wildcard) {
            held = new HashMap<>(versions);
            return;
        }
        if (typeUrl.equals(TypeUrl.ADDRESS) && !ownNode.isEmpty()) {
            dirty.addAll(catalogue.onNode(ownNode));
        }
        // The client has these: what is unchanged needs no sending, what is gone must be taken back.
        versions.forEach((name, version) -> {
            CatalogueEntry.Encoded resource = catalogue.find(typeUrl, name);
            if (resource != null && resource.version().equals(version)) {
                dirty.remove(name);
            } else if (resource == null && version.isEmpty()) {
                // It was asked for and has not been answered, perhaps by another name than the resource's own.
                ask(name);
            } else {
                dirty.add(name);
            }
        });
        versions.keySet().forEach(name -> retain(name, versions.keySet()));
    }

    /** What is there stays followed by its own name; a service with its endpoints, of which some may be new. */
    private void retain(String name, Set<String> sent) {
        if (catalogue.find(typeUrl, name) != null) {
            retained.add(name);
            if (catalogue.isService(name) && followedServices.add(name)) {
                catalogue.resolve(typeUrl, name).stream()
                        .filter(endpoint -> !sent.contains(endpoint))
                        .forEach(dirty::add);
            }
        }
    }

    /** Names added to or taken from the subscription. Later requests of a type, or part of the first. */
    void change(DeltaDiscoveryRequest request) {
        for (String name : request.getResourceNamesSubscribeList()) {
            if (!name.equals(EVERYTHING)) {
                ask(name);
            } else if (!wildcard) {
                wildcard = true;
                fresh = true;
                upsertsRead = 0;
                removalsRead = 0;
            }
            answerOwed = true;
        }
        for (String name : request.getResourceNamesUnsubscribeList()) {
            if (name.equals(EVERYTHING)) {
                wildcard = false;
            } else {
                asked.remove(name);
                retained.remove(name);
                followedServices.remove(name);
            }
        }
    }

    private void ask(String name) {
        asked.add(name);
        Set<String> names = catalogue.resolve(typeUrl, name);
        if (!names.contains(name)) {
            // Answered as removed, so that whoever waits for it hears that it does not exist; and also if what goes by
            // it
            // is sent under another name, since Istio's ztunnel goes on only when it hears the very name it asked for.
            dirty.add(name);
        }
        follow(names);
    }

    private void follow(Set<String> names) {
        dirty.addAll(names);
        names.stream().filter(catalogue::isService).forEach(followedServices::add);
    }

    /** Whether the bounds of this subscription are kept; what is wrong with it otherwise. */
    Optional<String> excess() {
        if (asked.size() > ASKED_MAX) {
            return Optional.of("more than " + ASKED_MAX + " names asked for; subscribe to everything instead");
        }
        boolean missedRemovals =
                wildcard && !fresh && removalsRead < catalogue.log(typeUrl).forgotten();
        if (missedRemovals || dirty.size() > catalogue.size(typeUrl) + STALE_NAMES_MAX) {
            return Optional.of("too far behind with acknowledging; reconnect");
        }
        return Optional.empty();
    }

    void mark(Collection<Touched> batch) {
        if (wildcard) {
            return;
        }
        for (Touched touched : batch) {
            if (!touched.kind().isServedAs(typeUrl) || !isWanted(touched)) {
                continue;
            }
            dirty.add(touched.name());
            if (touched.kind() == Kind.SERVICE && catalogue.isService(touched.name())) {
                // It may be new, and it may have another waypoint.
                follow(catalogue.resolve(typeUrl, touched.name()));
            }
        }
    }

    private boolean isWanted(Touched touched) {
        if (asked.contains(touched.name()) || retained.contains(touched.name())) {
            return true;
        }
        boolean onOwnNode = !ownNode.isEmpty() && touched.node().equals(ownNode);
        return onOwnNode
                || touched.related().stream().anyMatch(name -> asked.contains(name) || followedServices.contains(name));
    }

    /** What was sent, and what came back. */
    Answered answered() {
        return answered;
    }

    /** Whether it wants everything. */
    boolean isWildcard() {
        return wildcard;
    }

    /** How many names were asked for one by one. */
    int asked() {
        return asked.size();
    }

    /** Up to which change it has heard of removals; needs none of those before. */
    long removalsRead() {
        return wildcard && !fresh ? removalsRead : Long.MAX_VALUE;
    }

    /** How many names are remembered for this subscriber alone. */
    int namesHeld() {
        return asked.size() + retained.size() + followedServices.size() + dirty.size() + held.size();
    }

    boolean hasNothingToSend() {
        return dirty.isEmpty() && !answerOwed && !lags();
    }

    private boolean lags() {
        return wildcard && (fresh || Math.min(upsertsRead, removalsRead) < log().latest());
    }

    private ChangeLog log() {
        return catalogue.log(typeUrl);
    }

    boolean hasUpserts() {
        return (wildcard && (fresh || upsertsRead < log().latestPut()))
                || dirty.stream().anyMatch(name -> catalogue.find(typeUrl, name) != null);
    }

    /** About how many bytes would be sent now. */
    long estimate() {
        long each = log().bytes() / Math.max(1, log().size());
        long changed = wildcard ? Math.min(log().latest() - upsertsRead, log().size()) : 0;
        return (changed + dirty.size()) * each;
    }

    /** Takes what is to be sent, without removals if they have to wait; empty if that is nothing. */
    Optional<EncodedResponse> take(String nonce, boolean withRemovals, long now) {
        Batch batch = wildcard && dirty.isEmpty() && held.isEmpty() ? shared(withRemovals) : own(withRemovals);
        if (!answerOwed && batch.isEmpty()) {
            return Optional.empty();
        }
        answerOwed = false;
        answered.sent(nonce, now);
        return Optional.of(new EncodedResponse(typeUrl, nonce, batch));
    }

    /** Everybody who has read as far gets the same bytes. */
    private Batch shared(boolean withRemovals) {
        long latest = log().latest();
        boolean removals = withRemovals && !fresh;
        Batch batch = catalogue.since(typeUrl, upsertsRead, removals ? removalsRead : latest);
        readUpTo(latest, removals || fresh);
        return batch;
    }

    private void readUpTo(long latest, boolean removalsToo) {
        upsertsRead = latest;
        if (removalsToo) {
            removalsRead = latest;
        }
        fresh = false;
    }

    private Batch own(boolean withRemovals) {
        var batch = new Batch.Builder();
        if (wildcard) {
            everythingLacking(batch, withRemovals);
        }
        for (Iterator<String> names = dirty.iterator(); names.hasNext(); ) {
            String name = names.next();
            CatalogueEntry.Encoded resource = catalogue.find(typeUrl, name);
            if (resource != null) {
                batch.add(resource.resource());
                names.remove();
            } else if (withRemovals) {
                batch.remove(name);
                names.remove();
            }
        }
        if (dirty.isEmpty()) {
            // A set keeps the room that it once needed.
            dirty = new LinkedHashSet<>();
        }
        return batch.build();
    }

    /** What changed, less what a proxy that came back has; what that has too much is to be taken back. */
    private void everythingLacking(Batch.Builder batch, boolean withRemovals) {
        boolean removals = withRemovals && !fresh;
        long upsertsAfter = upsertsRead;
        long removalsAfter = removals ? removalsRead : log().latest();
        log().since(Math.min(upsertsAfter, removalsAfter), place -> {
            CatalogueEntry entry = place.entry();
            if (!place.kind().isServedAs(typeUrl)) {
                return;
            }
            if (entry == null) {
                if (place.at() > removalsAfter) {
                    batch.remove(place.name());
                    dirty.remove(place.name());
                }
            } else if (place.at() > upsertsAfter) {
                CatalogueEntry.Encoded resource = entry.as(typeUrl);
                if (!resource.version().equals(held.get(place.name()))) {
                    batch.add(resource.resource());
                }
                dirty.remove(place.name());
            }
        });
        held.keySet().stream()
                .filter(name -> catalogue.find(typeUrl, name) == null)
                .forEach(dirty::add);
        held = Map.of();
        readUpTo(log().latest(), removals || fresh);
    }
}

package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Kind;
import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Touched;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.TypeUrl;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one stream wants of one type and has not been sent yet. Holds names, never content: what is sent is what the
 * catalogue has at that moment, so however slow a subscriber is, it costs at most a name per resource.
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
    private final Set<String> dirty = new LinkedHashSet<>();
    private boolean wildcard;
    private boolean answerOwed = true;
    private String outstandingNonce = "";

    Subscription(String typeUrl, String ownNode, ResourceCatalogue catalogue) {
        this.typeUrl = typeUrl;
        this.ownNode = ownNode;
        this.catalogue = catalogue;
    }

    /** The first request of a type; no names at all means everything. */
    void begin(DeltaDiscoveryRequest request) {
        wildcard = request.getResourceNamesSubscribeCount() == 0;
        change(request);
        Map<String, String> versions = request.getInitialResourceVersionsMap();
        if (wildcard) {
            dirty.addAll(catalogue.names(typeUrl));
        } else if (typeUrl.equals(TypeUrl.ADDRESS) && !ownNode.isEmpty()) {
            dirty.addAll(catalogue.onNode(ownNode));
        }
        // The client has these: what is unchanged needs no sending, what is gone must be taken back.
        versions.forEach((name, version) -> {
            Optional<Resource> resource = catalogue.find(typeUrl, name);
            if (resource.isPresent() && resource.get().getVersion().equals(version)) {
                dirty.remove(name);
            } else if (!wildcard && resource.isEmpty() && version.isEmpty()) {
                // It was asked for and has not been answered, perhaps by another name than the resource's own.
                ask(name);
            } else {
                dirty.add(name);
            }
        });
        if (!wildcard) {
            versions.keySet().forEach(name -> retain(name, versions.keySet()));
        }
    }

    /** What is there stays followed by its own name; a service with its endpoints, of which some may be new. */
    private void retain(String name, Set<String> sent) {
        if (catalogue.find(typeUrl, name).isPresent()) {
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
            if (name.equals(EVERYTHING)) {
                if (!wildcard && !request.getResourceNamesUnsubscribeList().contains(EVERYTHING)) {
                    dirty.addAll(catalogue.names(typeUrl));
                }
                wildcard = true;
            } else {
                ask(name);
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
        if (dirty.size() > catalogue.size(typeUrl) + STALE_NAMES_MAX) {
            return Optional.of("too far behind with acknowledging; reconnect");
        }
        return Optional.empty();
    }

    void mark(Collection<Touched> batch) {
        for (Touched touched : batch) {
            if (!touched.kind().isServedAs(typeUrl) || !isWanted(touched)) {
                continue;
            }
            dirty.add(touched.name());
            if (!wildcard && touched.kind() == Kind.SERVICE && catalogue.isService(touched.name())) {
                // It may be new, and it may have another waypoint.
                follow(catalogue.resolve(typeUrl, touched.name()));
            }
        }
    }

    private boolean isWanted(Touched touched) {
        if (wildcard || asked.contains(touched.name()) || retained.contains(touched.name())) {
            return true;
        }
        boolean onOwnNode = !ownNode.isEmpty() && touched.node().equals(ownNode);
        return onOwnNode
                || touched.related().stream().anyMatch(name -> asked.contains(name) || followedServices.contains(name));
    }

    /** Whether the subscriber answered everything it was sent. */
    boolean isIdle() {
        return outstandingNonce.isEmpty();
    }

    /** An ACK or NACK; one for anything but the last response is of no interest. */
    boolean answered(String nonce) {
        if (outstandingNonce.isEmpty() || !outstandingNonce.equals(nonce)) {
            return false;
        }
        outstandingNonce = "";
        return true;
    }

    boolean hasNothingToSend() {
        return dirty.isEmpty() && !answerOwed;
    }

    boolean hasUpserts() {
        return dirty.stream().anyMatch(name -> catalogue.find(typeUrl, name).isPresent());
    }

    /** Takes what is to be sent, without removals if they have to wait; empty if that is nothing. */
    Optional<DeltaDiscoveryResponse> take(String nonce, boolean withRemovals) {
        var response = DeltaDiscoveryResponse.newBuilder().setTypeUrl(typeUrl).setNonce(nonce);
        for (Iterator<String> names = dirty.iterator(); names.hasNext(); ) {
            String name = names.next();
            Optional<Resource> resource = catalogue.find(typeUrl, name);
            if (resource.isPresent()) {
                response.addResources(resource.get());
                names.remove();
            } else if (withRemovals) {
                response.addRemovedResources(name);
                names.remove();
            }
        }
        if (!answerOwed && response.getResourcesCount() == 0 && response.getRemovedResourcesCount() == 0) {
            return Optional.empty();
        }
        answerOwed = false;
        outstandingNonce = nonce;
        return Optional.of(response.build());
    }
}

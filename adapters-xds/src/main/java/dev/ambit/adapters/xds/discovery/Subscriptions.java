package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The types that one stream follows, and the order in which they are sent. Guarded by the stream's lock and used while
 * {@link ResourceCatalogue#reading} or applying.
 */
final class Subscriptions {
    private final ResourceCatalogue catalogue;
    private final Map<String, Subscription> byType = new LinkedHashMap<>();

    Subscriptions(ResourceCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Nullable
    Subscription get(String typeUrl) {
        return byType.get(typeUrl);
    }

    Collection<Subscription> all() {
        return byType.values();
    }

    Subscription begin(DeltaDiscoveryRequest request, String ownNode) {
        var subscription = new Subscription(request.getTypeUrl(), ownNode, catalogue);
        byType.put(request.getTypeUrl(), subscription);
        subscription.begin(request);
        return subscription;
    }

    void clear() {
        byType.clear();
    }

    boolean haveNothingToSend() {
        for (Subscription each : byType.values()) {
            if (!each.hasNothingToSend()) {
                return false;
            }
        }
        return true;
    }

    /** About how many bytes could be sent now. */
    long estimate() {
        long bytes = 0;
        for (Subscription each : byType.values()) {
            if (each.answered().isIdle()) {
                bytes += each.estimate();
            }
        }
        return bytes;
    }

    /**
     * In this order, so that a proxy never applies a workload before the policies it names: policies that are there,
     * then all of addresses, then policies that went. What cannot be sent yet holds back what must follow it.
     */
    List<EncodedResponse> take(Supplier<String> nonces, long now) {
        var responses = new ArrayList<EncodedResponse>();
        Subscription policies = byType.get(TypeUrl.AUTHORIZATION);
        if (policies != null && policies.answered().isIdle()) {
            policies.take(nonces.get(), false, now).ifPresent(responses::add);
        }
        boolean policiesAreSent = policies == null || !policies.hasUpserts();
        boolean addressesAreSent = true;
        for (String typeUrl : List.of(TypeUrl.ADDRESS, TypeUrl.WORKLOAD)) {
            Subscription addresses = byType.get(typeUrl);
            if (addresses == null) {
                continue;
            }
            if (policiesAreSent && addresses.answered().isIdle()) {
                addresses.take(nonces.get(), true, now).ifPresent(responses::add);
            }
            addressesAreSent &= addresses.hasNothingToSend();
        }
        if (policies != null && addressesAreSent && policies.answered().isIdle()) {
            policies.take(nonces.get(), true, now).ifPresent(responses::add);
        }
        return responses;
    }

    /** Up to which removal of a type all have heard that follow it. */
    long removalsRead(String typeUrl) {
        return byType.values().stream()
                .filter(each -> catalogue.log(each.typeUrl()).equals(catalogue.log(typeUrl)))
                .mapToLong(Subscription::removalsRead)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** One whose last response went before that moment and has not been answered. */
    Optional<Subscription> silentSince(long moment) {
        return byType.values().stream()
                .filter(each ->
                        !each.answered().isIdle() && moment - each.answered().sentAt() > 0)
                .findFirst();
    }

    /** By type URL; both times are now. */
    Map<String, SubscriberStatus.Type> status(Instant wall, long nanos) {
        var types = new LinkedHashMap<String, SubscriberStatus.Type>();
        byType.forEach((typeUrl, each) -> types.put(
                typeUrl,
                new SubscriberStatus.Type(
                        each.answered().sent(),
                        each.answered().accepted(),
                        wall.minusNanos(nanos - each.answered().sentAt()),
                        each.answered().lastError(),
                        each.isWildcard(),
                        each.asked(),
                        each.hasNothingToSend() && each.answered().isIdle())));
        return types;
    }
}

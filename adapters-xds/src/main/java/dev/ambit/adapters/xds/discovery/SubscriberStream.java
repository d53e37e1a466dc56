package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Touched;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber. Sends a type only when the last response of that type was answered and the connection takes more, so
 * at most one response per type is ever on its way and a subscriber that stops reading costs nobody else anything.
 */
final class SubscriberStream implements StreamObserver<DeltaDiscoveryRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberStream.class);
    private static final int SHOWN_MAX = 2_000;

    private final Caller caller;
    private final ResourceCatalogue catalogue;
    private final ServerCallStreamObserver<DeltaDiscoveryResponse> out;
    private final Executor sending;
    private final Meter meter;
    private final Consumer<SubscriberStream> onEnd;
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    private final AtomicInteger flushesAsked = new AtomicInteger();
    private long nonces;
    private boolean over;
    private boolean warnedOfType;
    private @Nullable Status ending;
    private @Nullable NodeIdentity node;

    SubscriberStream(
            Caller caller,
            ResourceCatalogue catalogue,
            ServerCallStreamObserver<DeltaDiscoveryResponse> out,
            Executor sending,
            Meter meter,
            Consumer<SubscriberStream> onEnd) {
        this.caller = caller;
        this.catalogue = catalogue;
        this.out = out;
        this.sending = sending;
        this.meter = meter;
        this.onEnd = onEnd;
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
        catalogue.reading(() -> {
            synchronized (this) {
                if (!over && isIdentified(request)) {
                    handle(request);
                }
            }
            return true;
        });
        flush();
    }

    /** The first request says which node this is; it must be in the namespace that the caller's token proves. */
    private boolean isIdentified(DeltaDiscoveryRequest request) {
        if (node != null) {
            return true;
        }
        Optional<NodeIdentity> claimed = NodeIdentity.of(request.getNode());
        if (claimed.isEmpty()) {
            end(Status.INVALID_ARGUMENT.withDescription(
                    "the first request needs a node id like ztunnel~ip~pod.namespace~namespace.svc.cluster.local"));
            return false;
        }
        String account = NodeIdentity.metadata(request.getNode(), "SERVICE_ACCOUNT");
        boolean sameAccount =
                account.isEmpty() || account.equals(caller.identity().serviceAccount());
        if (!claimed.get().namespace().equals(caller.identity().namespace()) || !sameAccount) {
            LOG.warn(
                    "refused a node that its token does not prove\tnode={} identity={}",
                    shown(request.getNode().getId()),
                    caller.identity());
            end(Status.PERMISSION_DENIED.withDescription("the node is not the caller's"));
            return false;
        }
        node = claimed.get();
        LOG.info("proxy connected\tnode={} identity={}", shown(node.id()), caller.identity());
        return true;
    }

    private void handle(DeltaDiscoveryRequest request) {
        String typeUrl = request.getTypeUrl();
        if (!typeUrl.equals(TypeUrl.ADDRESS)
                && !typeUrl.equals(TypeUrl.WORKLOAD)
                && !typeUrl.equals(TypeUrl.AUTHORIZATION)) {
            if (!warnedOfType) {
                warnedOfType = true;
                LOG.warn("ignored a subscription to an unknown type\tnode={} typeUrl={}", shownNode(), shown(typeUrl));
            }
            return;
        }
        Subscription subscription = subscriptions.get(typeUrl);
        if (subscription == null) {
            String ownNode = node == null ? "" : node.nodeName();
            subscription = new Subscription(typeUrl, ownNode, catalogue);
            subscriptions.put(typeUrl, subscription);
            subscription.begin(request);
        } else {
            answered(subscription, request);
            subscription.change(request);
        }
        checkBounds(subscription);
    }

    private void answered(Subscription subscription, DeltaDiscoveryRequest request) {
        if (request.getResponseNonce().isEmpty()) {
            return;
        }
        boolean expected = subscription.answered(request.getResponseNonce());
        if (request.hasErrorDetail()) {
            meter.increment(Counter.XDS_NACKS, request.getTypeUrl());
            LOG.warn(
                    "a proxy rejected resources\tnode={} typeUrl={} problems=\"{}\"",
                    shownNode(),
                    request.getTypeUrl(),
                    shown(request.getErrorDetail().getMessage()));
        } else if (!expected) {
            LOG.debug("ignored an answer to no response\tnode={} typeUrl={}", shownNode(), request.getTypeUrl());
        }
    }

    private void checkBounds(Subscription subscription) {
        subscription.excess().ifPresent(why -> {
            LOG.warn("ended a subscription that exceeds its bounds\tnode={} why=\"{}\"", shownNode(), why);
            end(Status.RESOURCE_EXHAUSTED.withDescription(why));
        });
    }

    /** Notes what this subscriber has to hear of. Called while the catalogue is being changed. */
    synchronized void mark(List<Touched> batch) {
        if (ending != null) {
            return;
        }
        for (Subscription subscription : subscriptions.values()) {
            subscription.mark(batch);
            checkBounds(subscription);
        }
    }

    /** Ends the stream once what is being sent is sent. */
    synchronized void end(Status status) {
        if (ending == null) {
            ending = status;
        }
        flush();
    }

    /** Sends what can be sent, soon and on another thread; calls that come meanwhile are folded into one. */
    void flush() {
        if (flushesAsked.getAndIncrement() == 0) {
            try {
                sending.execute(this::drain);
            } catch (RejectedExecutionException _) {
                LOG.debug("the service is closed, nothing more is sent\tnode={}", shownNode());
            }
        }
    }

    private void drain() {
        int asked = flushesAsked.get();
        do {
            sendOnce();
            asked = flushesAsked.addAndGet(-asked);
        } while (asked > 0);
    }

    private void sendOnce() {
        List<DeltaDiscoveryResponse> responses = catalogue.reading(this::collect);
        try {
            for (DeltaDiscoveryResponse response : responses) {
                out.onNext(response);
                meter.increment(Counter.XDS_PUSHES, response.getTypeUrl());
            }
            finish();
        } catch (RuntimeException e) {
            // The call was cancelled between our look and our write, or gRPC cannot send. Either way it is over.
            LOG.warn("cannot send, giving the stream up\tnode={} error=\"{}\"", shownNode(), e.toString());
            gone();
        }
    }

    /**
     * In this order, so that a proxy never applies a workload before the policies it names: policies that are there,
     * then all of addresses, then policies that went. What cannot be sent yet holds back what must follow it.
     */
    private synchronized List<DeltaDiscoveryResponse> collect() {
        var responses = new ArrayList<DeltaDiscoveryResponse>();
        if (over || ending != null || !out.isReady()) {
            return responses;
        }
        Subscription policies = subscriptions.get(TypeUrl.AUTHORIZATION);
        if (policies != null && policies.isIdle()) {
            policies.take(nonce(), false).ifPresent(responses::add);
        }
        boolean policiesAreSent = policies == null || !policies.hasUpserts();
        boolean addressesAreSent = true;
        for (String typeUrl : List.of(TypeUrl.ADDRESS, TypeUrl.WORKLOAD)) {
            Subscription addresses = subscriptions.get(typeUrl);
            if (addresses == null) {
                continue;
            }
            if (policiesAreSent && addresses.isIdle()) {
                addresses.take(nonce(), true).ifPresent(responses::add);
            }
            addressesAreSent &= addresses.hasNothingToSend();
        }
        if (policies != null && addressesAreSent && policies.isIdle()) {
            policies.take(nonce(), true).ifPresent(responses::add);
        }
        return responses;
    }

    private String nonce() {
        return Long.toString(++nonces);
    }

    private void finish() {
        Status status;
        synchronized (this) {
            if (over || ending == null) {
                return;
            }
            over = true;
            subscriptions.clear();
            status = ending;
        }
        onEnd.accept(this);
        if (status.isOk()) {
            out.onCompleted();
        } else {
            out.onError(status.asRuntimeException());
        }
    }

    /** The subscriber went away. */
    void gone() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            subscriptions.clear();
        }
        LOG.info("proxy disconnected\tnode={}", shownNode());
        onEnd.accept(this);
    }

    @Override
    public void onError(Throwable error) {
        gone();
    }

    @Override
    public void onCompleted() {
        end(Status.OK);
    }

    private String shownNode() {
        NodeIdentity known = node;
        return known == null ? "unknown" : shown(known.id());
    }

    private static String shown(String text) {
        String bounded = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
        return bounded.replaceAll("\\p{Cntrl}", "?");
    }
}

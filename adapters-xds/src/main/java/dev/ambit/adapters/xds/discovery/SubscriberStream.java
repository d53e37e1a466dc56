package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Touched;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscriber. Sends a type only when the last response of that type was answered and the connection takes more, so
 * at most one response per type is ever on its way and a subscriber that stops reading costs nobody else anything.
 */
final class SubscriberStream implements StreamObserver<DeltaDiscoveryRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(SubscriberStream.class);
    private static final double NANOS = 1e9;

    /** A push that the network has not taken by then no longer keeps others waiting. */
    private static final Duration STALL = Duration.ofSeconds(5);

    /** A response that is not answered by then is reported. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /** What all streams of a service have in common. */
    record Shared(
            ResourceCatalogue catalogue,
            PushThrottle throttle,
            Executor sending,
            Meter meter,
            Clock clock,
            LongSupplier nanos,
            Consumer<SubscriberStream> onEnd) {}

    private final Optional<Caller> caller;
    private final Shared shared;
    private final ResourceCatalogue catalogue;
    private final ServerCallStreamObserver<EncodedResponse> out;
    private final Meter meter;
    private final PushPlace place;
    private final Instant connectedAt;
    private final Subscriptions subscriptions;
    private final AtomicInteger flushesAsked = new AtomicInteger();
    private long nonces;
    private boolean over;
    private boolean warnedOfType;
    private boolean warnedOfSilence;
    /** When the oldest change came that has not been sent; 0 if there is none. */
    private long changedAt;

    private @Nullable Status ending;
    private @Nullable Subscriber subscriber;

    /**
     * A stream that has not said anything yet.
     *
     * @param caller empty on a port where nobody is authenticated
     */
    SubscriberStream(Optional<Caller> caller, Shared shared, ServerCallStreamObserver<EncodedResponse> out) {
        this.caller = caller;
        this.shared = shared;
        this.catalogue = shared.catalogue;
        this.out = out;
        this.meter = shared.meter;
        this.subscriptions = new Subscriptions(shared.catalogue);
        this.connectedAt = shared.clock.instant();
        this.place = new PushPlace(shared.throttle, STALL.toNanos(), this::flush);
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
        if (Subscription.isByName(request)) {
            catalogue.serveNames();
        }
        boolean more = catalogue.reading(() -> {
            synchronized (this) {
                if (!over && isIdentified(request)) {
                    handle(request);
                }
                return ending != null || !subscriptions.haveNothingToSend();
            }
        });
        if (more) {
            flush();
        }
    }

    private boolean isIdentified(DeltaDiscoveryRequest request) {
        if (subscriber == null) {
            switch (Subscriber.read(request.getNode(), caller)) {
                case Subscriber.Reading.Refused(Status why) -> end(why);
                case Subscriber.Reading.Known(Subscriber known) -> {
                    subscriber = known;
                    LOG.info("proxy connected\tnode={} identity={}", known.shown(), known.identity());
                }
            }
        }
        return subscriber != null;
    }

    private void handle(DeltaDiscoveryRequest request) {
        String typeUrl = request.getTypeUrl();
        if (!typeUrl.equals(TypeUrl.ADDRESS)
                && !typeUrl.equals(TypeUrl.WORKLOAD)
                && !typeUrl.equals(TypeUrl.AUTHORIZATION)) {
            if (!warnedOfType) {
                warnedOfType = true;
                LOG.warn(
                        "ignored a subscription to an unknown type\tnode={} typeUrl={}",
                        shownNode(),
                        Subscriber.shown(typeUrl));
            }
            return;
        }
        Subscription subscription = subscriptions.get(typeUrl);
        if (subscription == null) {
            subscription = subscriptions.begin(
                    request, subscriber == null ? "" : subscriber.node().nodeName());
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
        String error = request.hasErrorDetail()
                ? Subscriber.shown(request.getErrorDetail().getMessage())
                : null;
        boolean expected = subscription.answered().heard(request.getResponseNonce(), error);
        if (error != null) {
            meter.increment(Counter.XDS_REJECTS, TypeUrl.metric(request.getTypeUrl()));
        }
        // Once for each response, however often it is rejected.
        if (error != null && expected) {
            LOG.warn(
                    "a proxy rejected resources\tnode={} typeUrl={} problems=\"{}\"",
                    shownNode(),
                    request.getTypeUrl(),
                    error);
        }
        if (!expected) {
            meter.increment(Counter.XDS_EXPIRED_NONCES, TypeUrl.metric(request.getTypeUrl()));
            LOG.debug("ignored an answer to no response\tnode={} typeUrl={}", shownNode(), request.getTypeUrl());
        }
        warnedOfSilence &= !expected;
    }

    private void checkBounds(Subscription subscription) {
        subscription.excess().ifPresent(why -> {
            LOG.warn("ended a subscription that exceeds its bounds\tnode={} why=\"{}\"", shownNode(), why);
            end(Status.RESOURCE_EXHAUSTED.withDescription(why));
        });
    }

    /** Ends the stream if it has fallen too far behind. */
    void checkBounds() {
        catalogue.reading(() -> {
            synchronized (this) {
                subscriptions.all().forEach(this::checkBounds);
                return true;
            }
        });
    }

    /**
     * Notes what this subscriber has to hear of. Called while the catalogue is being changed.
     *
     * @param since when the oldest of these changes came
     */
    synchronized void mark(List<Touched> batch, long since) {
        if (ending != null) {
            return;
        }
        if (changedAt == 0) {
            changedAt = since;
        }
        for (Subscription subscription : subscriptions.all()) {
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
                shared.sending.execute(this::drain);
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
        long began = shared.nanos.getAsLong();
        List<EncodedResponse> responses = catalogue.reading(() -> collect(began));
        try {
            for (EncodedResponse response : responses) {
                out.onNext(response);
                count(response, began);
            }
            release();
            finish();
        } catch (RuntimeException e) {
            // The call was cancelled between our look and our write, or gRPC cannot send. Either way it is over.
            LOG.warn("cannot send, giving the stream up\tnode={} error=\"{}\"", shownNode(), e.toString());
            gone();
        }
    }

    private void count(EncodedResponse response, long began) {
        String type = TypeUrl.metric(response.typeUrl());
        meter.increment(Counter.XDS_PUSHES, type);
        meter.observe(Histogram.XDS_PUSH_TIME, (shared.nanos.getAsLong() - began) / NANOS, type);
        meter.observe(Histogram.XDS_CONFIG_SIZE, response.batch().body().size(), type);
    }

    /** Gives the place in the throttle back once the network has taken what was sent. */
    private void release() {
        if (out.isReady()) {
            place.through();
        }
    }

    /** The connection takes more. */
    void ready() {
        release();
        flush();
    }

    private synchronized List<EncodedResponse> collect(long now) {
        if (over || ending != null || !out.isReady() || !place.mayPush(subscriptions.estimate(), now)) {
            return List.of();
        }
        List<EncodedResponse> responses = subscriptions.take(this::nonce, now);
        if (changedAt != 0 && subscriptions.haveNothingToSend()) {
            meter.observe(Histogram.PROXY_CONVERGENCE, (now - changedAt) / NANOS);
            changedAt = 0;
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
        place.giveUp();
        shared.onEnd.accept(this);
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
        place.giveUp();
        LOG.info("proxy disconnected\tnode={}", shownNode());
        shared.onEnd.accept(this);
    }

    /** Up to which removal of a type everybody behind this stream has heard. */
    synchronized long removalsRead(String typeUrl) {
        return subscriptions.removalsRead(typeUrl);
    }

    /** Whether a response has gone unanswered for long. Called now and then; says so once in the log. */
    boolean isBehind() {
        long now = shared.nanos.getAsLong();
        place.look(now);
        synchronized (this) {
            Optional<Subscription> silent = subscriptions.silentSince(now - SILENCE.toNanos());
            if (silent.isPresent() && !warnedOfSilence) {
                warnedOfSilence = true;
                LOG.warn(
                        "a proxy does not answer, so it is sent nothing more\tnode={} typeUrl={} seconds={}",
                        shownNode(),
                        silent.get().typeUrl(),
                        SILENCE.toSeconds());
            }
            return silent.isPresent();
        }
    }

    /** Empty until the subscriber has said who it is. */
    Optional<SubscriberStatus> status() {
        return catalogue.reading(() -> {
            synchronized (this) {
                Subscriber known = subscriber;
                if (known == null || over) {
                    return Optional.empty();
                }
                return Optional.of(known.status(
                        connectedAt, subscriptions.status(shared.clock.instant(), shared.nanos.getAsLong())));
            }
        });
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
        Subscriber known = subscriber;
        return known == null ? "unknown" : known.shown();
    }
}

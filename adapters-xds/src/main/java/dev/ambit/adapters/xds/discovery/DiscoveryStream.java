package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.rpc.Status;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream, from its first requests to its end. */
final class DiscoveryStream {
    private static final Logger LOG = LoggerFactory.getLogger(DiscoveryStream.class);

    /** What happens on the stream, one call at a time. */
    interface Events {
        /** Takes a push over. */
        void push(String typeUrl, KnownResources.Push push);

        /** A push was answered; {@code clean} if nothing in it was rejected. */
        void answered(String typeUrl, boolean clean);

        /** What a push of addresses, that has been answered, says of names. */
        default void named(Map<String, Answer> answers) {}

        /** The first requests are sent; names may be asked for. */
        default void open() {}
    }

    /** Many fewer bytes than any control plane accepts in one message. */
    private static final int NAMES_PER_REQUEST = 1_000;

    private static final String EVERYTHING = "*";

    private final XdsClientOptions options;
    private final KnownResources known;
    private final Meter meter;
    private final Events events;
    private final CompletableFuture<io.grpc.Status> ended = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;
    private boolean cancelled;
    private volatile boolean received;

    DiscoveryStream(XdsClientOptions options, KnownResources known, Meter meter, Events events) {
        this.options = options;
        this.known = known;
        this.meter = meter;
        this.events = events;
    }

    /** Opens the stream and returns how it ended. */
    io.grpc.Status run(Channel channel) {
        DeltaDiscoveryRequest addresses = first(TypeUrl.ADDRESS);
        DeltaDiscoveryRequest policies = first(TypeUrl.AUTHORIZATION);
        var responses = new Responses();
        AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(responses);
        // A control plane answers in the order it is asked: policies are there before the workloads they protect.
        send(policies);
        send(addresses);
        events.open();
        return ended.join();
    }

    /**
     * Subscribes to everything of a type (no names), telling what we have. On demand it subscribes to nothing, which xDS
     * has no word for: everything is subscribed to and unsubscribed from at once, as Istio's ztunnel does.
     */
    private DeltaDiscoveryRequest first(String typeUrl) {
        var request = DeltaDiscoveryRequest.newBuilder()
                .setNode(options.node().forWire(options.controlPlane().clusterId()))
                .setTypeUrl(typeUrl)
                .putAllInitialResourceVersions(known.versions(typeUrl));
        if (options.demand().isPresent() && typeUrl.equals(TypeUrl.ADDRESS)) {
            request.addResourceNamesSubscribe(EVERYTHING).addResourceNamesUnsubscribe(EVERYTHING);
        }
        return request.build();
    }

    /** Asks for addresses by name, or no longer, in messages of bounded size. */
    void ask(Collection<String> subscribe, Collection<String> unsubscribe) {
        inPortions(unsubscribe, DeltaDiscoveryRequest.Builder::addAllResourceNamesUnsubscribe);
        inPortions(subscribe, DeltaDiscoveryRequest.Builder::addAllResourceNamesSubscribe);
    }

    private void inPortions(
            Collection<String> names, BiConsumer<DeltaDiscoveryRequest.Builder, Collection<String>> into) {
        var all = List.copyOf(names);
        for (int from = 0; from < all.size(); from += NAMES_PER_REQUEST) {
            var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(TypeUrl.ADDRESS);
            into.accept(request, all.subList(from, Math.min(all.size(), from + NAMES_PER_REQUEST)));
            send(request.build());
        }
    }

    boolean received() {
        return received;
    }

    synchronized void cancel() {
        cancelled = true;
        if (requests != null) {
            requests.cancel("this proxy stops", null);
        }
    }

    private synchronized void opened(ClientCallStreamObserver<DeltaDiscoveryRequest> observer) {
        requests = observer;
    }

    private synchronized void send(DeltaDiscoveryRequest request) {
        if (requests == null || ended.isDone()) {
            return;
        }
        if (cancelled) {
            requests.cancel("this proxy stops", null);
            return;
        }
        requests.onNext(request);
    }

    private void handle(DeltaDiscoveryResponse response) {
        String typeUrl = response.getTypeUrl();
        if (!known.isKnownType(typeUrl)) {
            LOG.warn("ignored a push of an unknown type\ttypeUrl={}", typeUrl);
            meter.increment(Counter.XDS_MESSAGES, "unknown");
            send(answer(response).build());
            return;
        }
        received = true;
        meter.increment(Counter.XDS_MESSAGES, typeUrl);
        meter.add(Counter.XDS_MESSAGE_BYTES, response.getSerializedSize(), typeUrl);
        KnownResources.Push push = known.read(response);
        events.push(typeUrl, push);
        known.commit(typeUrl, push);
        DeltaDiscoveryRequest.Builder answer = answer(response);
        boolean clean = push.rejected() == 0;
        if (!clean) {
            meter.add(Counter.XDS_REJECTED_RESOURCES, push.rejected(), typeUrl);
            LOG.warn(
                    "rejected resources\ttypeUrl={} count={} problems=\"{}\"",
                    typeUrl,
                    push.rejected(),
                    push.problem());
            answer.setErrorDetail(Status.newBuilder().setMessage(push.problem()));
        }
        send(answer.build());
        events.answered(typeUrl, clean);
        if (typeUrl.equals(TypeUrl.ADDRESS)) {
            events.named(push.answers());
        }
    }

    private static DeltaDiscoveryRequest.Builder answer(DeltaDiscoveryResponse response) {
        return DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
    }

    private final class Responses implements ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> observer) {
            opened(observer);
        }

        @Override
        public void onNext(DeltaDiscoveryResponse response) {
            handle(response);
        }

        @Override
        public void onError(Throwable error) {
            ended.complete(io.grpc.Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            ended.complete(io.grpc.Status.OK.withDescription("the control plane ended the stream"));
        }
    }
}

package dev.ambit.adapters.xds.load;

import dev.ambit.adapters.xds.discovery.NodeIdentity;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber as a ztunnel is one: everything of {@code Address} and of {@code Authorization}, every response acknowledged at once,
 * on a connection of its own without TLS. It keeps nothing of what it is sent.
 */
public final class LoadSubscriber implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 512 << 20;
    private static final List<String> TYPES = List.of(TypeUrl.ADDRESS, TypeUrl.AUTHORIZATION);

    /** Hears of everything, on a thread that must not be kept. */
    public interface Listener {
        void arrived(LoadSubscriber subscriber, Arrival arrival);

        /** The stream ended other than by {@link LoadSubscriber#close}. */
        void ended(LoadSubscriber subscriber, String why);
    }

    private final int number;
    private final Listener listener;
    private final ManagedChannel channel;
    private final boolean withVersions;
    private volatile @Nullable StreamObserver<DeltaDiscoveryRequest> requests;
    private volatile boolean closed;

    /**
     * Nothing is connected yet.
     *
     * @param number becomes part of the node's name
     * @param withVersions whether arrivals say what came in which version
     */
    public LoadSubscriber(int number, InetSocketAddress controlPlane, boolean withVersions, Listener listener) {
        this.number = number;
        this.withVersions = withVersions;
        this.listener = listener;
        this.channel = NettyChannelBuilder.forAddress(controlPlane)
                .usePlaintext()
                .directExecutor()
                .flowControlWindow(4 << 20)
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }

    public int number() {
        return number;
    }

    /**
     * Connects and subscribes.
     *
     * @param held versions by name of what this subscriber has of {@code Address} already
     */
    public void start(Map<String, String> held) {
        MethodDescriptor<DeltaDiscoveryRequest, Arrival> method =
                AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod().toBuilder(
                                AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod()
                                        .getRequestMarshaller(),
                                new Reading())
                        .build();
        requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), new Responses());
        var node = new NodeIdentity(
                "10.255." + number / 250 + "." + (1 + number % 250),
                "ztunnel-" + number,
                "istio-system",
                "node-" + number);
        for (String type : TYPES) {
            var request = DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(type)
                    .setNode(node.forWire("Kubernetes"))
                    .addResourceNamesSubscribe("*");
            if (type.equals(TypeUrl.ADDRESS)) {
                request.putAllInitialResourceVersions(held);
            }
            send(request.build());
        }
    }

    /** The acknowledgement of one type may meet the first request of the other. */
    private synchronized void send(DeltaDiscoveryRequest request) {
        StreamObserver<DeltaDiscoveryRequest> to = requests;
        if (to != null) {
            to.onNext(request);
        }
    }

    private final class Responses implements StreamObserver<Arrival> {
        @Override
        public void onNext(Arrival arrival) {
            send(DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(arrival.typeUrl())
                    .setResponseNonce(arrival.nonce())
                    .build());
            listener.arrived(LoadSubscriber.this, arrival);
        }

        @Override
        public void onError(Throwable error) {
            if (!closed) {
                Status status = Status.fromThrowable(error);
                listener.ended(LoadSubscriber.this, status.getCode() + ": " + status.getDescription());
            }
        }

        @Override
        public void onCompleted() {
            if (!closed) {
                listener.ended(LoadSubscriber.this, "the control plane ended the stream");
            }
        }
    }

    private final class Reading implements MethodDescriptor.Marshaller<Arrival> {
        @Override
        public InputStream stream(Arrival value) {
            throw new UnsupportedOperationException("arrivals are not sent");
        }

        @Override
        public Arrival parse(InputStream stream) {
            try (stream) {
                return Arrival.read(stream.readAllBytes(), withVersions);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Leaves without a word, as a proxy that is killed. */
    @Override
    public void close() {
        closed = true;
        channel.shutdownNow();
        try {
            var _ = channel.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

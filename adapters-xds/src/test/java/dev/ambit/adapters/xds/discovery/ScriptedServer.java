package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A discovery server that says what a test tells it to and remembers what it was asked. */
final class ScriptedServer extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    private static final int PATIENCE_SECONDS = 10;
    private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<StreamObserver<DeltaDiscoveryResponse>> streams = new LinkedBlockingQueue<>();

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        streams.add(responses);
        return new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryRequest request) {
                requests.add(request);
            }

            @Override
            public void onError(Throwable error) {
                // The client went away; tests look at the client.
            }

            @Override
            public void onCompleted() {
                responses.onError(Status.CANCELLED.asRuntimeException());
            }
        };
    }

    /** The next stream a client opens. */
    StreamObserver<DeltaDiscoveryResponse> stream() {
        return take(streams, PATIENCE_SECONDS);
    }

    /** The next request of any stream. */
    DeltaDiscoveryRequest request() {
        return request(PATIENCE_SECONDS);
    }

    DeltaDiscoveryRequest request(int seconds) {
        return take(requests, seconds);
    }

    private static <T> T take(BlockingQueue<T> queue, int seconds) {
        try {
            T next = queue.poll(seconds, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the client did nothing");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}

package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.ControlPlane;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.proto.core.Node;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A subscriber that does only what a test tells it to. */
final class RawSubscriber implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SILENCE = Duration.ofMillis(300);

    private final ManagedChannel channel;
    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    RawSubscriber(ControlPlane controlPlane) {
        try {
            channel = ControlPlaneChannel.open(controlPlane, 64 << 20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryResponse response) {
                responses.add(response);
            }

            @Override
            public void onError(Throwable error) {
                ended.complete(Status.fromThrowable(error));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
    }

    /** Of the resources that came, in their order. */
    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }

    static DeltaDiscoveryRequest.Builder first(String typeUrl) {
        return request(typeUrl).setNode(TestMesh.NODE.forWire("Kubernetes"));
    }

    static DeltaDiscoveryRequest.Builder firstOf(String typeUrl, String nodeId) {
        return request(typeUrl).setNode(Node.newBuilder().setId(nodeId));
    }

    static DeltaDiscoveryRequest.Builder request(String typeUrl) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        requests.onNext(request.build());
    }

    void acknowledge(DeltaDiscoveryResponse response) {
        send(request(response.getTypeUrl()).setResponseNonce(response.getNonce()));
    }

    DeltaDiscoveryResponse receive() {
        DeltaDiscoveryResponse response = poll(PATIENCE);
        if (response.equals(DeltaDiscoveryResponse.getDefaultInstance())) {
            throw new AssertionError("no response came; ended: " + ended);
        }
        return response;
    }

    /** Whether nothing comes for a while. */
    boolean hearsNothing() {
        return poll(SILENCE).equals(DeltaDiscoveryResponse.getDefaultInstance());
    }

    private DeltaDiscoveryResponse poll(Duration patience) {
        try {
            DeltaDiscoveryResponse response = responses.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            return response == null ? DeltaDiscoveryResponse.getDefaultInstance() : response;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Status end() {
        return ended.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}

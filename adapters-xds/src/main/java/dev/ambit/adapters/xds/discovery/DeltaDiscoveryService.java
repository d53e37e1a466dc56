package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.discovery.MeshFeed;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's end of delta ADS, for Istio's ztunnel and ours.
 *
 * <p>The server that hosts it must install {@link BearerTokens}, must not use a direct executor (authenticating may
 * block), and should accept messages large enough for a reconnecting proxy to list what it has (about 100 bytes per
 * resource).
 */
public final class DeltaDiscoveryService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase
        implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaDiscoveryService.class);

    private final CallerAuthentication authentication;
    private final Meter meter;
    private final ResourceCatalogue catalogue = new ResourceCatalogue();
    private final Set<SubscriberStream> streams = ConcurrentHashMap.newKeySet();
    private final ExecutorService sending = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("xds-send-", 0).factory());
    private final MeshFeed.Subscription feed;

    public DeltaDiscoveryService(MeshFeed feed, CallerAuthentication authentication, Meter meter) {
        this.authentication = authentication;
        this.meter = meter;
        meter.gauge(Gauge.SUBSCRIBERS, streams::size);
        this.feed = feed.subscribe(this::changed);
    }

    private void changed(List<MeshChange> changes) {
        catalogue.apply(changes, touched -> streams.forEach(stream -> stream.mark(touched)));
        streams.forEach(SubscriberStream::flush);
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
            StreamObserver<DeltaDiscoveryResponse> responses) {
        var out = (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses;
        return switch (authenticate()) {
            case CallerAuthentication.Result.Authenticated(Caller caller) -> open(caller, out);
            case CallerAuthentication.Result.Rejected(String why) -> {
                LOG.warn("refused a discovery stream\treason=\"{}\"", why);
                yield refuse(out, Status.UNAUTHENTICATED.withDescription("the caller is not authenticated"));
            }
            case CallerAuthentication.Result.Undecided(String why) -> {
                LOG.warn("put off a discovery stream\treason=\"{}\"", why);
                yield refuse(out, Status.UNAVAILABLE.withDescription("callers cannot be authenticated now"));
            }
        };
    }

    private static StreamObserver<DeltaDiscoveryRequest> refuse(
            ServerCallStreamObserver<DeltaDiscoveryResponse> out, Status status) {
        out.onError(status.asRuntimeException());
        return new Ignored();
    }

    /** Why not is for our log alone. */
    private CallerAuthentication.Result authenticate() {
        return BearerTokens.current()
                .map(authentication::authenticate)
                .orElseGet(() -> new CallerAuthentication.Result.Rejected("there is no bearer token"));
    }

    private SubscriberStream open(Caller caller, ServerCallStreamObserver<DeltaDiscoveryResponse> out) {
        var stream = new SubscriberStream(caller, catalogue, out, sending, meter, streams::remove);
        out.setOnReadyHandler(stream::flush);
        out.setOnCancelHandler(stream::gone);
        streams.add(stream);
        return stream;
    }

    /** Ends every stream; subscribers will find another replica. */
    @Override
    public void close() {
        feed.close();
        streams.forEach(stream -> stream.end(Status.UNAVAILABLE.withDescription("the control plane stops")));
        sending.close();
    }

    /** What a refused caller still sends. */
    private static final class Ignored implements StreamObserver<DeltaDiscoveryRequest> {
        @Override
        public void onNext(DeltaDiscoveryRequest request) {
            // Refused already.
        }

        @Override
        public void onError(Throwable error) {
            // Refused already.
        }

        @Override
        public void onCompleted() {
            // Refused already.
        }
    }
}

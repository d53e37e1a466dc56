package dev.ambit.adapters.xds.debug;

import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryResponse;
import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discovery service of a control plane, and beside it, state of the world, what {@code istioctl proxy-status} and {@code
 * istioctl x internal-debug} ask: the types {@code istio.io/debug/syncz}, {@code istio.io/debug/config_dump} and {@code
 * istio.io/debug}. No other type is served that way.
 *
 * <p>Only {@link Inspectors} are answered; on a port where nobody is authenticated, nobody is. What the server that hosts it
 * has to install is what {@link DeltaDiscoveryService} needs.
 */
public final class DebugDiscovery implements BindableService {
    private static final Logger LOG = LoggerFactory.getLogger(DebugDiscovery.class);
    private static final String WAY = "xds";

    private final DeltaDiscoveryService discovery;
    private final DeltaDiscoveryService.Callers callers;
    private final Inspectors inspectors;
    private final DebugPages pages;
    private final String instance;
    private final Meter meter;

    /**
     * What is shown, and to whom.
     *
     * @param instance the name of this replica
     */
    public DebugDiscovery(
            DeltaDiscoveryService discovery,
            DeltaDiscoveryService.Callers callers,
            Inspectors inspectors,
            DebugPages pages,
            String instance,
            Meter meter) {
        this.discovery = discovery;
        this.callers = callers;
        this.inspectors = inspectors;
        this.pages = pages;
        this.instance = instance;
        this.meter = meter;
    }

    @Override
    public ServerServiceDefinition bindService() {
        var definition = ServerServiceDefinition.builder(AggregatedDiscoveryServiceGrpc.SERVICE_NAME)
                .addMethod(
                        AggregatedDiscoveryServiceGrpc.getStreamAggregatedResourcesMethod(),
                        ServerCalls.asyncBidiStreamingCall(this::open));
        discovery.bindService().getMethods().forEach(definition::addMethod);
        return definition.build();
    }

    private StreamObserver<DiscoveryRequest> open(StreamObserver<DiscoveryResponse> responses) {
        var out = (ServerCallStreamObserver<DiscoveryResponse>) responses;
        return switch (callers.current()) {
            case CallerAuthentication.Result.Authenticated(Caller caller) -> {
                if (inspectors.include(caller.identity())) {
                    meter.increment(Counter.DEBUG_REQUESTS, WAY, "allowed");
                    yield new DebugStream(out, discovery::subscribers, pages, instance);
                }
                LOG.warn("refused a look into the control plane\tidentity={} way={}", caller.identity(), WAY);
                yield refuse(
                        out,
                        "forbidden",
                        Status.PERMISSION_DENIED.withDescription("this is for service accounts of the root namespace,"
                                + " and of those that DEBUG_ENDPOINT_AUTH_ALLOWED_NAMESPACES names"));
            }
            case CallerAuthentication.Result.Rejected(String why) -> {
                LOG.warn("refused a look into the control plane\treason=\"{}\" way={}", why, WAY);
                yield refuse(out, "unauthenticated", Status.UNAUTHENTICATED.withDescription("authentication required"));
            }
            case CallerAuthentication.Result.Undecided(String why) -> {
                LOG.warn("put off a look into the control plane\treason=\"{}\" way={}", why, WAY);
                yield refuse(
                        out, "undecided", Status.UNAVAILABLE.withDescription("callers cannot be authenticated now"));
            }
        };
    }

    private StreamObserver<DiscoveryRequest> refuse(
            StreamObserver<DiscoveryResponse> out, String outcome, Status status) {
        meter.increment(Counter.DEBUG_REQUESTS, WAY, outcome);
        out.onError(status.asRuntimeException());
        return new Unheard();
    }

    /** What a refused caller still sends. */
    private static final class Unheard implements StreamObserver<DiscoveryRequest> {
        @Override
        public void onNext(DiscoveryRequest request) {
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

package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.channel.ClientCertificates;
import dev.ambit.adapters.xds.proto.discovery.AggregatedDiscoveryServiceGrpc;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryRequest;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.discovery.MeshFeed;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's end of delta ADS, for Istio's ztunnel and ours.
 *
 * <p>The server that hosts it must install {@link BearerTokens} and {@link ClientCertificates}, must not use a direct
 * executor (authenticating may block), and should accept messages large enough for a reconnecting proxy to list what it has
 * (about 100 bytes per resource). Streams are refused until the feed has told everything there is for the first time: a proxy
 * must never take an empty mesh for the mesh.
 */
public final class DeltaDiscoveryService implements BindableService, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeltaDiscoveryService.class);
    private static final int LOOK_SECONDS = 1;
    private static final double NANOS = 1e9;

    private static final MethodDescriptor<DeltaDiscoveryRequest, EncodedResponse> METHOD = method();

    private final Callers callers;
    private final Meter meter;
    private final ResourceCatalogue catalogue = new ResourceCatalogue();
    private final Set<SubscriberStream> streams = ConcurrentHashMap.newKeySet();
    private final ExecutorService sending = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("xds-send-", 0).factory());
    private final ScheduledExecutorService changing = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("xds-changes").factory());
    private final SubscriberStream.Shared shared;
    private final PacedChanges paced;
    private final MeshFeed.Subscription feed;
    private volatile boolean complete;
    private volatile long behind;

    /**
     * How callers are known.
     *
     * @param byToken by bearer token
     * @param byCertificate by the certificate chain that TLS has verified, for callers without a token
     */
    public record Callers(
            CallerAuthentication byToken, Function<List<X509Certificate>, CallerAuthentication.Result> byCertificate) {

        /** Whoever makes the call that this thread serves; by token if there is one. Why not is for our log alone. */
        public CallerAuthentication.Result current() {
            Optional<String> token = BearerTokens.current();
            List<X509Certificate> chain = ClientCertificates.current();
            if (token.isPresent()) {
                return byToken.authenticate(token.get());
            }
            return chain.isEmpty()
                    ? new CallerAuthentication.Result.Rejected(
                            "there is neither a bearer token nor a client certificate")
                    : byCertificate.apply(chain);
        }

        /** By token alone. */
        public static Callers byToken(CallerAuthentication tokens) {
            return new Callers(
                    tokens, _ -> new CallerAuthentication.Result.Rejected("client certificates are not accepted"));
        }
    }

    /** Serves this feed from now on. */
    public DeltaDiscoveryService(MeshFeed feed, Callers callers, Meter meter, DiscoveryOptions options) {
        this.callers = callers;
        this.meter = meter;
        this.shared = new SubscriberStream.Shared(
                catalogue,
                new PushThrottle(options.pushesMax(), options.pushBytesMax()),
                sending,
                meter,
                Clock.systemUTC(),
                System::nanoTime,
                streams::remove);
        this.paced = new PacedChanges(options.pacing(), System::nanoTime, changing, this::pass);
        meter.gauge(Gauge.SUBSCRIBERS, streams::size);
        meter.gauge(Gauge.SUBSCRIBERS_BEHIND, () -> behind);
        this.feed = feed.subscribe(this::changed);
        var _ = changing.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static MethodDescriptor<DeltaDiscoveryRequest, EncodedResponse> method() {
        var generated = AggregatedDiscoveryServiceGrpc.getDeltaAggregatedResourcesMethod();
        return generated.toBuilder(generated.getRequestMarshaller(), EncodedResponse.MARSHALLER)
                .build();
    }

    /** What comes first is everything there is, and is served as a whole; later changes are paced. */
    private void changed(List<MeshChange> changes) {
        if (complete) {
            paced.add(changes);
        } else {
            catalogue.apply(changes, _ -> {});
            complete = true;
        }
    }

    private void pass(List<MeshChange> changes, long waited) {
        long since = System.nanoTime() - waited;
        catalogue.apply(changes, touched -> streams.forEach(stream -> stream.mark(touched, since)));
        streams.forEach(SubscriberStream::flush);
        meter.observe(Histogram.DEBOUNCE, waited / NANOS);
        tidy();
    }

    private void tidy() {
        for (String typeUrl : List.of(TypeUrl.ADDRESS, TypeUrl.AUTHORIZATION)) {
            boolean tooMany = catalogue.tidy(
                    typeUrl,
                    () -> streams.stream()
                            .mapToLong(stream -> stream.removalsRead(typeUrl))
                            .min()
                            .orElse(Long.MAX_VALUE));
            if (tooMany) {
                streams.forEach(SubscriberStream::checkBounds);
            }
        }
    }

    private void look() {
        try {
            behind = streams.stream().filter(SubscriberStream::isBehind).count();
        } catch (RuntimeException e) {
            LOG.error("looking after subscribers failed", e);
        }
    }

    /** Every subscriber that has said who it is, by its id. */
    public List<SubscriberStatus> subscribers() {
        return streams.stream()
                .map(SubscriberStream::status)
                .flatMap(Optional::stream)
                .sorted(Comparator.comparing(SubscriberStatus::id))
                .toList();
    }

    @Override
    public ServerServiceDefinition bindService() {
        return definition(this::authenticated);
    }

    /** The same mesh and subscribers for a port where nobody is authenticated; whoever reaches it may read everything. */
    public BindableService forAnybody() {
        return () -> definition(out -> open(Optional.empty(), out));
    }

    private static ServerServiceDefinition definition(
            Function<ServerCallStreamObserver<EncodedResponse>, StreamObserver<DeltaDiscoveryRequest>> opening) {
        return ServerServiceDefinition.builder(AggregatedDiscoveryServiceGrpc.SERVICE_NAME)
                .addMethod(
                        METHOD,
                        ServerCalls.asyncBidiStreamingCall(
                                responses -> opening.apply((ServerCallStreamObserver<EncodedResponse>) responses)))
                .build();
    }

    private StreamObserver<DeltaDiscoveryRequest> authenticated(ServerCallStreamObserver<EncodedResponse> out) {
        return switch (callers.current()) {
            case CallerAuthentication.Result.Authenticated(Caller caller) -> open(Optional.of(caller), out);
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
            ServerCallStreamObserver<EncodedResponse> out, Status status) {
        out.onError(status.asRuntimeException());
        return new Ignored();
    }

    private StreamObserver<DeltaDiscoveryRequest> open(
            Optional<Caller> caller, ServerCallStreamObserver<EncodedResponse> out) {
        if (!complete) {
            LOG.info("put off a discovery stream\treason=\"the configuration has not been read yet\"");
            return refuse(out, Status.UNAVAILABLE.withDescription("the configuration has not been read yet"));
        }
        var stream = new SubscriberStream(caller, shared, out);
        out.setOnReadyHandler(stream::ready);
        out.setOnCancelHandler(stream::gone);
        streams.add(stream);
        return stream;
    }

    /** Ends every stream; subscribers will find another replica. */
    @Override
    public void close() {
        feed.close();
        changing.shutdownNow();
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

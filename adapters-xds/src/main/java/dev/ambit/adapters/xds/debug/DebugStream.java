package dev.ambit.adapters.xds.debug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.discovery.SubscriberStatus;
import dev.ambit.adapters.xds.proto.core.ControlPlane;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryRequest;
import dev.ambit.adapters.xds.proto.discovery.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One inspector's questions, answered one after the other; an answer that nobody reads is the last. */
final class DebugStream implements StreamObserver<DiscoveryRequest> {
    static final String DEBUG = "istio.io/debug";
    static final String SYNCZ = DEBUG + "/syncz";
    static final String CONFIG_DUMP = DEBUG + "/config_dump";

    /** istioctl asks once or twice. */
    static final int ANSWERS_MAX = 100;

    private static final int NAME_CHARS_MAX = 1_000;

    /** By these words istioctl knows that it should ask for the list of pages. */
    private static final String NO_PAGE = "404 page not found\n";

    private final ServerCallStreamObserver<DiscoveryResponse> out;
    private final Supplier<List<SubscriberStatus>> subscribers;
    private final DebugPages pages;
    private final String instance;
    private int answers;
    private String lastNonce = "";
    private boolean over;

    DebugStream(
            ServerCallStreamObserver<DiscoveryResponse> out,
            Supplier<List<SubscriberStatus>> subscribers,
            DebugPages pages,
            String instance) {
        this.out = out;
        this.subscribers = subscribers;
        this.pages = pages;
        this.instance = instance;
    }

    @Override
    public void onNext(DiscoveryRequest request) {
        boolean acknowledges =
                !lastNonce.isEmpty() && request.getResponseNonce().equals(lastNonce);
        if (over || acknowledges) {
            return;
        }
        if (answers == ANSWERS_MAX || !out.isReady()) {
            end(Status.RESOURCE_EXHAUSTED.withDescription(
                    "answers wait to be read, or this stream has had its " + ANSWERS_MAX + "; open another"));
            return;
        }
        switch (request.getTypeUrl()) {
            case SYNCZ ->
                answer(
                        request,
                        subscribers.get().stream().map(SubscriberConfigs::of).toList());
            // It asks for what an Envoy was told; we tell none.
            case CONFIG_DUMP -> answer(request, List.of());
            case DEBUG -> page(request);
            default ->
                end(Status.UNIMPLEMENTED.withDescription(
                        "state-of-the-world discovery serves " + DEBUG + " alone; proxies use delta discovery"));
        }
    }

    private void page(DiscoveryRequest request) {
        if (request.getResourceNamesCount() != 1 || request.getResourceNames(0).length() > NAME_CHARS_MAX) {
            end(Status.INVALID_ARGUMENT.withDescription("exactly one page has to be named, in at most " + NAME_CHARS_MAX
                    + " characters, such as syncz or list"));
            return;
        }
        Optional<byte[]> page = pages.page(request.getResourceNames(0));
        answer(
                request,
                List.of(Any.newBuilder()
                        .setTypeUrl(DEBUG)
                        .setValue(ByteString.copyFrom(page.orElseGet(() -> NO_PAGE.getBytes(UTF_8))))
                        .build()));
    }

    private void answer(DiscoveryRequest request, List<Any> resources) {
        answers++;
        lastNonce = Integer.toString(answers);
        out.onNext(DiscoveryResponse.newBuilder()
                .setTypeUrl(request.getTypeUrl())
                .setNonce(lastNonce)
                .addAllResources(resources)
                .setControlPlane(ControlPlane.newBuilder().setIdentifier(identifier()))
                .build());
    }

    /** istiod's form. A name that is none of Kubernetes' must not break it. */
    private String identifier() {
        return "{\"Component\":\"istiod\",\"ID\":\"" + instance.replaceAll("[^A-Za-z0-9._-]", "?") + "\",\"Info\":{}}";
    }

    private void end(Status status) {
        over = true;
        out.onError(status.asRuntimeException());
    }

    @Override
    public void onError(Throwable error) {
        over = true;
    }

    @Override
    public void onCompleted() {
        if (!over) {
            over = true;
            out.onCompleted();
        }
    }
}

package dev.ambit.services.ztunnel.dns;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsName;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsQuestion;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.domain.dns.NameResolver;
import dev.ambit.domain.dns.QueryReading;
import dev.ambit.domain.dns.Resolution;
import dev.ambit.domain.dns.ResponseCode;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.dns.DnsMessages;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers one pod. */
final class PodNames implements DnsMessages {
    private final PodRef pod;
    private final NameResolver resolver;
    private final Forwarding.OfPod forwarding;
    private final CurrentMesh mesh;
    private final DnsTelemetry telemetry;
    private final Duration workloadWait;

    PodNames(
            PodRef pod,
            NameResolver resolver,
            Forwarding.OfPod forwarding,
            CurrentMesh mesh,
            DnsTelemetry telemetry,
            Duration workloadWait) {
        this.pod = pod;
        this.resolver = resolver;
        this.forwarding = forwarding;
        this.mesh = mesh;
        this.telemetry = telemetry;
        this.workloadWait = workloadWait;
    }

    @Override
    public CompletionStage<Optional<byte[]>> received(IpPort client, DnsProtocol protocol, byte[] message) {
        return switch (QueryReading.of(message)) {
            case QueryReading.Asked(DnsQuery query) -> answer(query, protocol).thenApply(Optional::of);
            case QueryReading.Refused(QueryReading.Reply reply, String why) -> {
                telemetry.refused(pod, why);
                yield CompletableFuture.completedStage(Optional.of(reply.bytes()));
            }
            case QueryReading.Ignored(String why) -> {
                telemetry.refused(pod, why);
                yield CompletableFuture.completedStage(Optional.empty());
            }
        };
    }

    /** As {@link DnsProxy.ServedNames#addressOf}. */
    CompletionStage<Optional<IpAddress>> addressOf(String hostname, IpAddress.Family family) {
        return DnsQuery.of(DnsQuestion.forAddress(new DnsName(hostname), family), () -> 0)
                .map(query -> answer(query, DnsProtocol.TCP)
                        .thenApply(reply -> DnsReply.addresses(query, reply, family).stream()
                                .findFirst()))
                .orElseGet(() -> CompletableFuture.completedStage(Optional.empty()));
    }

    private CompletionStage<byte[]> answer(DnsQuery query, DnsProtocol protocol) {
        if (forwarding.isOwn(query)) {
            telemetry.looped(pod, query.question());
            return CompletableFuture.completedStage(DnsReply.failure(query, ResponseCode.SERVER_FAILURE));
        }
        MeshView view = mesh.view();
        Resolution resolution = resolver.resolve(view, pod, query.question());
        if (resolution instanceof Resolution.ClientUnknown) {
            return mesh.knowing(pod, workloadWait)
                    .thenCompose(
                            later -> answer(later, query, protocol, resolver.resolve(later, pod, query.question())));
        }
        return answer(view, query, protocol, resolution);
    }

    private CompletionStage<byte[]> answer(MeshView view, DnsQuery query, DnsProtocol protocol, Resolution resolution) {
        telemetry.asked(query.question(), protocol, view.workloadOf(pod));
        if (resolution instanceof Resolution.Forward) {
            return forward(view, query, protocol, resolution);
        }
        byte[] reply = switch (resolution) {
            case Resolution.Found found -> DnsReply.found(query, found, DnsReply.bytesMax(query, protocol));
            case Resolution.Empty _ -> DnsReply.empty(query);
            case Resolution.Forward _, Resolution.ClientUnknown _ ->
                DnsReply.failure(query, ResponseCode.SERVER_FAILURE);
        };
        telemetry.answered(pod, query.question(), resolution.why(), DnsReply.answerCount(reply));
        return CompletableFuture.completedStage(reply);
    }

    private CompletionStage<byte[]> forward(
            MeshView view, DnsQuery query, DnsProtocol protocol, Resolution resolution) {
        long started = System.nanoTime();
        return forwarding.ask(query, protocol).handle((upstream, failure) -> {
            var took = Duration.ofNanos(System.nanoTime() - started);
            telemetry.forwarded(query.question(), protocol, view.workloadOf(pod), took, failure != null);
            if (failure != null) {
                telemetry.answered(pod, query.question(), "forwarding failed (" + text(failure) + ")", 0);
                return DnsReply.failure(query, ResponseCode.SERVER_FAILURE);
            }
            byte[] reply = DnsReply.relayed(query, upstream, DnsReply.bytesMax(query, protocol));
            telemetry.answered(pod, query.question(), resolution.why(), DnsReply.answerCount(reply));
            return reply;
        });
    }

    private static String text(Throwable failure) {
        Throwable said = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(said.getMessage());
    }
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowExplainer;
import dev.ambit.domain.flow.FlowExplanation;
import dev.ambit.domain.flow.OutboundAttempt;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.flow.OnDemand;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.pod.WorkloadShares;
import dev.ambit.services.ztunnel.pod.WorkloadShares.WorkloadShare;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a connection is, or would be, carried or refused: by the planners and policies that decide about connections. */
@Singleton
final class ExplainController {
    private static final String USAGE = """
            usage: GET /explain?from=<namespace/pod | spiffe identity | ip>&to=<ip | host name>&port=<1-65535>[&format=json|text]
            """;

    private final CurrentMesh mesh;
    private final FlowExplainer explainer;
    private final WorkloadShares shares;
    private final SharesSection section;
    private final OnDemand onDemand;
    private final String network;

    ExplainController(
            CurrentMesh mesh,
            FlowExplainer explainer,
            WorkloadShares shares,
            SharesSection section,
            OnDemand onDemand,
            ZtunnelConfig config) {
        this.shares = shares;
        this.section = section;
        this.mesh = mesh;
        this.explainer = explainer;
        this.onDemand = onDemand;
        this.network = config.node().network();
    }

    List<Route> routes() {
        return List.of(Route.get("/explain", this::explain));
    }

    private WebResponse explain(WebRequest request) {
        String format = request.parameter("format", "json");
        if (!format.equals("json") && !format.equals("text")) {
            return unusable("parameter format is '" + format + "'; it must be json or text");
        }
        var read = new ExplainRequest(mesh.view(), network)
                .read(request.parameter("from", ""), request.parameter("to", ""), request.parameter("port", ""));
        return switch (read) {
            case ExplainRequest.Result.Unusable(String why) -> unusable(why);
            case ExplainRequest.Result.Question question -> answer(question, format.equals("text"));
        };
    }

    private WebResponse answer(ExplainRequest.Result.Question question, boolean text) {
        FlowExplanation why = learn(question)
                .toCompletableFuture()
                .join()
                .map(ExplainController::refused)
                .orElseGet(() -> explainer.explain(mesh.view(), question.source(), question.destination()));
        return text
                ? WebResponse.text(WebResponse.OK, ExplanationText.of(why) + lines(why))
                : WebResponse.json(withShares(why));
    }

    private Map<String, Object> withShares(FlowExplanation why) {
        var json = new LinkedHashMap<>(ExplanationJson.of(why));
        List<Map<String, Object>> found = shares(why).map(section::one).toList();
        if (!found.isEmpty()) {
            json.put("shares", found);
        }
        return json;
    }

    private String lines(FlowExplanation why) {
        String lines = shares(why)
                .map(share ->
                        "  " + share.pod().namespace() + "/" + share.pod().name() + ": " + section.line(share) + "\n")
                .collect(Collectors.joining());
        return lines.isEmpty() ? "" : "\nfair shares of this proxy\n" + lines;
    }

    /** Of the ends that are pods of this node. */
    private Stream<WorkloadShare> shares(FlowExplanation why) {
        return Stream.concat(
                        why.outbound().map(FlowExplanation.Outbound::source).stream(),
                        why.inbound().map(FlowExplanation.Inbound::workload).stream())
                .distinct()
                .map(name -> name.split("/", 2))
                .filter(name -> name.length == 2)
                .flatMap(name -> shares.of(name[0], name[1]).stream());
    }

    /** A connection would be decided after the control plane was asked, and so is this. */
    private CompletionStage<Optional<RefusalReason>> learn(ExplainRequest.Result.Question question) {
        if (!(question.source() instanceof FlowExplainer.Source.OfWorkload(Workload workload))) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        var pod = new PodRef(
                workload.uid().value(),
                workload.namespace(),
                workload.name(),
                workload.identity().serviceAccount());
        var client = new IpPort(question.destination().ip(), 0);
        return onDemand.learn(new OutboundAttempt(pod, client, question.destination()));
    }

    private static FlowExplanation refused(RefusalReason reason) {
        return new FlowExplanation(
                FlowExplanation.Outcome.REFUSED, reason.message(), Optional.empty(), Optional.empty());
    }

    private static WebResponse unusable(String why) {
        return WebResponse.text(WebResponse.BAD_REQUEST, why + "\n" + USAGE);
    }
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.flow.FlowExplainer;
import dev.ambit.domain.flow.FlowExplanation;
import dev.ambit.domain.view.MeshView;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.pod.WorkloadShares;
import dev.ambit.services.ztunnel.pod.WorkloadShares.WorkloadShare;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a connection is, or would be, carried or refused: by the planners and policies that decide about connections. */
@Controller(port = "${micronaut.admin-port}")
final class ExplainController {
    private static final String USAGE = """
            usage: GET /explain?from=<namespace/pod | spiffe identity | ip>&to=<ip | host name>&port=<1-65535>[&format=json|text]
            """;

    private final CurrentMesh mesh;
    private final FlowExplainer explainer;
    private final WorkloadShares shares;
    private final SharesSection section;
    private final String network;

    ExplainController(
            CurrentMesh mesh,
            FlowExplainer explainer,
            WorkloadShares shares,
            SharesSection section,
            ZtunnelConfig config) {
        this.shares = shares;
        this.section = section;
        this.mesh = mesh;
        this.explainer = explainer;
        this.network = config.node().network();
    }

    @Get(
            uri = "/explain",
            produces = {MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
    HttpResponse<?> explain(
            @QueryValue(defaultValue = "") String from,
            @QueryValue(defaultValue = "") String to,
            @QueryValue(defaultValue = "") String port,
            @QueryValue(defaultValue = "json") String format) {
        if (!format.equals("json") && !format.equals("text")) {
            return unusable("parameter format is '" + format + "'; it must be json or text");
        }
        MeshView view = mesh.view();
        return switch (new ExplainRequest(view, network).read(from, to, port)) {
            case ExplainRequest.Result.Unusable(String why) -> unusable(why);
            case ExplainRequest.Result.Question question -> {
                FlowExplanation why = explainer.explain(view, question.source(), question.destination());
                yield format.equals("text")
                        ? HttpResponse.ok(ExplanationText.of(why) + lines(why)).contentType(MediaType.TEXT_PLAIN_TYPE)
                        : HttpResponse.ok(withShares(why)).contentType(MediaType.APPLICATION_JSON_TYPE);
            }
        };
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

    private static HttpResponse<String> unusable(String why) {
        return HttpResponse.<String>badRequest()
                .contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(why + "\n" + USAGE);
    }
}

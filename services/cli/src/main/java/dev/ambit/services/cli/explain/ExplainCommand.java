package dev.ambit.services.cli.explain;

import dev.ambit.services.cli.admin.AdminServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ambit explain}: asks a running node proxy. */
@Command(
        name = "explain",
        description = {
            "Why a connection is, or would be, carried or refused.",
            "Asks the node proxy at --admin, on the node itself or through kubectl port-forward."
        },
        mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {
    private static final String USUAL = "http://127.0.0.1:15000";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(
            names = "--from",
            required = true,
            description = "Who calls: namespace/pod, a SPIFFE identity or an IP address.",
            paramLabel = "CALLER")
    private String from = "";

    @Option(
            names = "--to",
            required = true,
            description = "Whom: an IP address or a service's host name.",
            paramLabel = "HOST")
    private String to = "";

    @Option(
            names = "--port",
            required = true,
            description = "The port, as the application dials it.",
            paramLabel = "PORT")
    private String port = "";

    @Option(names = "--json", description = "The whole answer as JSON.")
    private boolean json;

    @Option(names = "--admin", description = "The node proxy's admin server.", defaultValue = USUAL, paramLabel = "URL")
    private String admin = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String question = "/explain?from=" + encoded(from) + "&to=" + encoded(to) + "&port=" + encoded(port)
                + "&format=" + (json ? "json" : "text");
        var server = new AdminServer("the node proxy", admin, USUAL, PATIENCE);
        spec.commandLine().getOut().print(server.ask("GET", question));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

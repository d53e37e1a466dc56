package dev.ambit.services.cli.explain;

import dev.ambit.services.cli.lab.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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
    private static final int TIMEOUT_MILLIS = 10_000;

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

    @Option(
            names = "--admin",
            description = "The node proxy's admin server.",
            defaultValue = "http://127.0.0.1:15000",
            paramLabel = "URL")
    private String admin = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String question = admin + "/explain?from=" + encoded(from) + "&to=" + encoded(to) + "&port=" + encoded(port)
                + "&format=" + (json ? "json" : "text");
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(question).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            InputStream body =
                    status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream();
            String answer = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (status != HttpURLConnection.HTTP_OK) {
                throw new LabException("the node proxy answered " + status + ": " + answer.strip());
            }
            spec.commandLine().getOut().print(answer);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new LabException("--admin is '" + admin + "'; it must be a URL such as http://127.0.0.1:15000");
        } catch (IOException e) {
            throw new LabException("cannot ask the node proxy at " + admin + " (" + e.getMessage()
                    + "); is it running, and its admin server within reach from here?");
        }
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

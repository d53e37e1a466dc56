package dev.ambit.services.cli.ca;

import dev.ambit.services.cli.lab.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code ambit ca}: asks a control plane about its certificate authority, and has it replace its root. */
@Command(
        name = "ca",
        description = {
            "The certificate authority: where it stands, and the staged replacement of its root.",
            "Asks the control plane at --admin, on its own machine or through kubectl port-forward."
        },
        mixinStandardHelpOptions = true)
public final class CaCommand {
    private static final int TIMEOUT_MILLIS = 30_000;

    @Option(
            names = "--admin",
            description = "The control plane's admin server.",
            defaultValue = "http://127.0.0.1:9876",
            scope = ScopeType.INHERIT,
            paramLabel = "URL")
    private String admin = "";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Prints where the authority stands. */
    @Command(name = "status", description = "Who signs, who is trusted, and when the next stage may come.")
    int status() {
        return ask("GET", "/ca");
    }

    /** Begins a rotation. */
    @Command(
            name = "rotate",
            description = {
                "Begins to replace the root by one with a new key, in stages that no connection notices:",
                "both roots are handed out, then the new one signs, then the old one is forgotten."
            })
    int rotate() {
        return ask("POST", "/ca/rotate");
    }

    /** Goes back. */
    @Command(name = "abort", description = "Goes back to the root before, from whichever stage.")
    int abort() {
        return ask("POST", "/ca/abort");
    }

    private int ask(String method, String path) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(admin + path).toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            InputStream body =
                    status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream();
            String answer = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
            if (status != HttpURLConnection.HTTP_OK) {
                throw new LabException("the control plane answered " + status + ": " + answer.strip());
            }
            spec.commandLine().getOut().print(answer);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (IllegalArgumentException e) {
            throw new LabException("--admin is '" + admin + "'; it must be a URL such as http://127.0.0.1:9876");
        } catch (IOException e) {
            throw new LabException("cannot ask the control plane at " + admin + " (" + e.getMessage()
                    + "); is it running, and its admin server within reach from here?");
        }
    }
}

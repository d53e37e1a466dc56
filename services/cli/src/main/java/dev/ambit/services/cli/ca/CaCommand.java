package dev.ambit.services.cli.ca;

import dev.ambit.services.cli.admin.AdminServer;
import java.time.Duration;
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
    private static final String USUAL = "http://127.0.0.1:9876";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--admin",
            description = "The control plane's admin server.",
            defaultValue = USUAL,
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
        var server = new AdminServer("the control plane", admin, USUAL, PATIENCE);
        spec.commandLine().getOut().print(server.ask(method, path));
        spec.commandLine().getOut().flush();
        return 0;
    }
}

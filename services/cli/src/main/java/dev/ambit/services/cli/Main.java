package dev.ambit.services.cli;

import dev.ambit.services.cli.bench.BenchCommand;
import dev.ambit.services.cli.ca.CaCommand;
import dev.ambit.services.cli.demo.DemoCommand;
import dev.ambit.services.cli.demo.RehearseCommand;
import dev.ambit.services.cli.explain.ExplainCommand;
import dev.ambit.services.cli.lab.LabException;
import io.micronaut.configuration.picocli.MicronautFactory;
import io.micronaut.context.ApplicationContext;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code ambit} command. The script of the same name builds what is stale and starts this. */
@Command(
        name = "ambit",
        description = "An ambient service mesh, wire-compatible with Istio ambient.",
        version = "ambit 0.1.0",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Commands of the script itself:",
            "  verify  build and run every test there is for one machine",
            "  build   build what is stale"
        },
        subcommands = {
            DemoCommand.class,
            BenchCommand.class,
            ExplainCommand.class,
            RehearseCommand.class,
            CaCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {

    public static void main(String[] arguments) {
        int status;
        try (var context = ApplicationContext.builder().banner(false).start()) {
            status = new CommandLine(Main.class, new MicronautFactory(context))
                    .setExecutionExceptionHandler((failure, command, _) -> explain(failure, command))
                    .execute(arguments);
        }
        System.exit(status);
    }

    /** What a person can mend is one line; anything else is our fault and shows where. */
    private static int explain(Exception failure, CommandLine command) throws Exception {
        if (failure instanceof LabException || failure instanceof UncheckedIOException) {
            command.getErr().println("error: " + failure.getMessage());
            return command.getCommandSpec().exitCodeOnExecutionException();
        }
        throw failure;
    }

    private Main() {}
}

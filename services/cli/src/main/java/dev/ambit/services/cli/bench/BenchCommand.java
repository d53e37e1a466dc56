package dev.ambit.services.cli.bench;

import picocli.CommandLine.Command;

/** {@code ambit bench}. */
@Command(
        name = "bench",
        description = "Measurements, side by side in one run.",
        mixinStandardHelpOptions = true,
        subcommands = NodeProxyBench.class)
public final class BenchCommand {}

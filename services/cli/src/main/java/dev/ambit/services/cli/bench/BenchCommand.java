package dev.ambit.services.cli.bench;

import dev.ambit.services.cli.scale.ControlPlaneBench;
import picocli.CommandLine.Command;

/** {@code ambit bench}. */
@Command(
        name = "bench",
        description = "Measurements, side by side in one run.",
        mixinStandardHelpOptions = true,
        subcommands = {NodeProxyBench.class, ControlPlaneBench.class})
public final class BenchCommand {}

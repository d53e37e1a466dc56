package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * However {@code ./ambit demo --keep} ends, nothing of it is left. It runs on a "machine"
 * (network, /run and /tmp) that it has to itself, so that what others do meanwhile is not taken for its traces.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CleanupTest {
    private static final Duration GONE = Duration.ofSeconds(10);

    /** An empty /tmp would hide a checkout that lies there: it is put back in its place. */
    private static final String MACHINE = """
            ip link set lo up
            mkdir /run/checkout 2>/dev/null || true
            mount -t tmpfs run /run
            mkdir /run/checkout
            mount --bind "$1" /run/checkout
            mount -t tmpfs tmp /tmp
            case "$1" in /tmp/*) mkdir -p "$1"; mount --bind /run/checkout "$1";; esac
            umount /run/checkout
            rmdir /run/checkout
            """;

    private static Path root;
    private static Sandbox machine;

    @BeforeAll
    static void makeMachine() {
        root = Checkout.require();
        machine = new Sandbox(List.of("--mount", "--net"), MACHINE, root.toString());
    }

    @AfterAll
    static void endMachine() {
        if (machine != null) {
            machine.close();
        }
    }

    /** The ways to go. */
    enum End {
        CTRL_C,
        TERM_TO_THE_SCRIPT,
        KILL_TO_THE_SCRIPT,
        KILL_TO_THE_COMMAND_LINE,
        TERMINAL_CLOSED;

        /** On a terminal only where it takes one: with it, the kernel's SIGHUP would do the script's work. */
        List<String> command(String script) {
            return switch (this) {
                case CTRL_C, TERMINAL_CLOSED -> List.of("script", "-qfec", script, "/dev/null");
                case TERM_TO_THE_SCRIPT, KILL_TO_THE_SCRIPT, KILL_TO_THE_COMMAND_LINE -> List.of(script.split(" "));
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingBehind(End end) throws Exception {
        Await.step("./ambit demo --keep --no-story, ended by: "
                + end.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        Set<String> before = traces();
        var command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(machine.pid()), "-m", "-n", "--"));
        command.addAll(end.command(root + "/ambit demo --keep --no-story"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(root.toFile());
        builder.environment().put("AMBIT_NO_BUILD", "1");
        Process terminal = builder.start();
        try {
            end(end, terminal, before);
        } finally {
            terminal.destroyForcibly();
        }
    }

    private static void end(End end, Process terminal, Set<String> before) throws IOException {
        var output = terminal.inputReader(StandardCharsets.UTF_8);
        awaitMesh(output);
        // Keeps reading: a terminal that nobody reads would block the goodbye.
        Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
        ProcessHandle script = descendant(terminal, "bash \\S*/ambit demo .*");
        ProcessHandle commandLine = descendant(terminal, "\\S*/bin/java .*\\.cli\\.Main demo .*");
        String pidNamespace = namespace(commandLine.pid(), "pid");
        Set<String> networks = networksOf(pidNamespace);
        assertThat(networks)
                .as("one per machine of the mesh that has a process, and the bridge's")
                .hasSize(4);
        List<ProcessHandle> family = terminal.descendants().toList();

        switch (end) {
            case CTRL_C -> {
                terminal.getOutputStream().write(3);
                terminal.getOutputStream().flush();
            }
            case TERM_TO_THE_SCRIPT -> signal("TERM", script);
            case KILL_TO_THE_SCRIPT -> signal("KILL", script);
            case KILL_TO_THE_COMMAND_LINE -> signal("KILL", commandLine);
            case TERMINAL_CLOSED -> signal("KILL", terminal.toHandle());
        }

        Await.asserted(GONE, () -> {
            assertThat(family.stream().filter(ProcessHandle::isAlive).map(CleanupTest::describe))
                    .as("processes of the run")
                    .isEmpty();
            assertThat(processes().filter(pid -> namespace(pid, "pid").equals(pidNamespace)))
                    .as("processes in the run's pid namespace")
                    .isEmpty();
            assertThat(networksInUse()).as("network namespaces of the run").doesNotContainAnyElementsOf(networks);
            Set<String> after = traces();
            after.removeAll(before);
            assertThat(after)
                    .as("links, rules, mounts, files that were not there before")
                    .isEmpty();
        });
    }

    private static void awaitMesh(BufferedReader output) throws IOException {
        var said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains("stays up until Ctrl-C")) {
                return;
            }
        }
        throw new AssertionError("the demonstration ended before it was up:\n" + said);
    }

    /** The topmost process of the run whose command line fits. */
    private static ProcessHandle descendant(Process terminal, String commandLine) {
        Predicate<ProcessHandle> fits =
                process -> read(Path.of("/proc/" + process.pid() + "/cmdline")).matches(commandLine);
        return Stream.concat(Stream.of(terminal.toHandle()), terminal.descendants())
                .filter(fits)
                .filter(process -> process.parent().filter(fits).isEmpty())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no process of the run is like " + commandLine));
    }

    private static void signal(String name, ProcessHandle process) {
        Command.run("kill", "-" + name, Long.toString(process.pid()));
    }

    private static String describe(ProcessHandle process) {
        return process.pid() + " " + process.info().commandLine().orElse("?");
    }

    /** Everything of the machine that a run could leave, one line each. */
    private static Set<String> traces() {
        var lines = Stream.of(
                        machine.run("ip", "-o", "link"),
                        machine.run("ip", "-o", "addr"),
                        machine.run("ip", "route", "show", "table", "all"),
                        machine.run("ip", "rule"),
                        machine.run("nft", "list", "ruleset"),
                        machine.run("cat", "/proc/self/mountinfo"),
                        machine.run("find", "/run/", "/tmp/", "-xdev", "-mindepth", "1"),
                        machine.run("find", "/var/run/", "-mindepth", "1"))
                .flatMap(String::lines);
        return Stream.concat(lines, workTree()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The files of the checkout, without what the build and the version control of its own write. */
    private static Stream<String> workTree() {
        try (Stream<Path> files = Files.find(root, 12, (_, _) -> true)) {
            return files
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !file.matches("(\\.ambit|\\.git|(.*/)?target)(/.*)?"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Long> processes() {
        return ProcessHandle.allProcesses().map(ProcessHandle::pid);
    }

    private static Set<String> networksOf(String pidNamespace) {
        return processes()
                .filter(pid -> namespace(pid, "pid").equals(pidNamespace))
                .map(pid -> namespace(pid, "net"))
                .collect(Collectors.toSet());
    }

    /** Network namespaces that a process is in or that are mounted somewhere. */
    private static Set<String> networksInUse() {
        return processes()
                .flatMap(pid -> Stream.concat(
                        Stream.of(namespace(pid, "net")),
                        read(Path.of("/proc/" + pid + "/mountinfo"))
                                .lines()
                                .filter(line -> line.contains("net:["))
                                .map(line -> line.replaceAll(".*(net:\\[[0-9]+]).*", "$1"))))
                .collect(Collectors.toSet());
    }

    private static String namespace(long pid, String kind) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + kind))
                    .toString();
        } catch (IOException _) {
            return "gone";
        }
    }

    private static String read(Path procFile) {
        try {
            return new String(Files.readAllBytes(procFile), StandardCharsets.UTF_8).replace('\0', ' ');
        } catch (IOException _) {
            // The process has ended meanwhile.
            return "";
        }
    }
}

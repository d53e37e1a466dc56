package dev.ambit.services.cli.scale;

import dev.ambit.services.cli.lab.Pause;
import dev.ambit.services.cli.lab.ProcessUsage;
import dev.ambit.services.cli.scale.Contender.Running;
import dev.ambit.services.cli.scale.Crowd.Heard;
import dev.ambit.services.cli.scale.Crowd.Mark;
import dev.ambit.systemtests.cluster.ApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** One control plane at a time: start, subscribers in growing crowds, single changes, a burst, a restart. */
final class ScaleRun {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SETTLED = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int SIGNINGS = 1_000;
    private static final int WARM_UP = 10;
    private static final int WARM_UP_ROUNDS = 3;
    private static final int WARM_UP_CHANGES = 100;
    private static final int WARM_UP_CROWD = 10;
    private static final int BURST = 1_000;
    private static final double MILLI = 1e6;
    private static final double SECOND = 1e9;

    private final Population population;
    private final ApiServer server;
    private final ApiWriter api;
    private final Path folder;
    private final int events;
    private final Duration warmUp;
    private final Consumer<String> progress;
    private final List<Figure> figures = new ArrayList<>();
    private int revision;

    /**
     * Nothing is started yet.
     *
     * @param events how many single changes count
     * @param warmUp how long each control plane has changes to work on before anything counts; three crowds it has in any case
     */
    ScaleRun(
            Population population,
            ApiServer server,
            ApiWriter api,
            Path folder,
            int events,
            Duration warmUp,
            Consumer<String> progress) {
        this.population = population;
        this.server = server;
        this.api = api;
        this.folder = folder;
        this.events = events;
        this.warmUp = warmUp;
        this.progress = progress;
    }

    List<Figure> figures() {
        return List.copyOf(figures);
    }

    /** Every crowd in turn, then a restart under the last. */
    void round(int number, Contender contender, List<Integer> crowds) {
        Map<String, String> versions = Map.of();
        try (Running running = contender.start(server.adminKubeconfig(), folder)) {
            note(contender, number, "ready after start", running.ready().toMillis() / 1e3, "s");
            Pause.of(SETTLED);
            ProcessUsage started = usage(running);
            note(contender, number, "CPU until ready and 5 s", started.cpuSeconds(), "s");
            note(contender, number, "RSS without subscribers", started.rssMiB(), "MiB");
            warmUp(running);
            for (int size : crowds) {
                versions = crowd(number, contender, running, size);
            }
            signings(number, contender, running);
            // What a collector could take back by now, it may have.
            note(
                    contender,
                    number,
                    "RSS after all, nobody connected",
                    usage(running).rssMiB(),
                    "MiB");
        }
        restarted(number, contender, crowds.getLast(), versions);
    }

    /** A control plane runs for weeks, and so would this program's connections. Nothing of it counts. */
    private void warmUp(Running running) {
        long began = System.nanoTime();
        int changes = 0;
        for (int round = 0; round < WARM_UP_ROUNDS || System.nanoTime() - began < warmUp.toNanos(); round++) {
            try (var crowd = new Crowd(running.discovery(), WARM_UP_CROWD, Map.of(), true)) {
                Mark nothing = crowd.mark();
                crowd.connect();
                crowd.await(nothing, everything(), PATIENCE);
                for (int i = 0; i < WARM_UP_CHANGES; i++) {
                    change(crowd, changes++);
                }
                rewrite(crowd);
            }
        }
        progress.accept(String.format(
                Locale.ROOT,
                "warmed up for %.0f s: %d single changes and as many bursts as crowds",
                (System.nanoTime() - began) / SECOND,
                changes));
    }

    private long everything() {
        return (long) population.pods() + population.services();
    }

    private Map<String, String> crowd(int number, Contender contender, Running running, int size) {
        String who = size == 1 ? "1 subscriber" : size + " subscribers";
        try (var crowd = new Crowd(running.discovery(), size, Map.of(), true)) {
            ProcessUsage before = usage(running);
            Mark nothing = crowd.mark();
            long began = System.nanoTime();
            crowd.connect();
            Heard first = crowd.await(nothing, everything(), PATIENCE);
            ProcessUsage after = usage(running);
            List<Long> each = first.sorted();
            note(contender, number, who + ", initial push, p50", (each.get(each.size() / 2) - began) / MILLI, "ms");
            note(contender, number, who + ", initial push, last", (first.last() - began) / MILLI, "ms");
            note(contender, number, who + ", initial push, streams refused", crowd.refused(), "");
            note(
                    contender,
                    number,
                    who + ", initial push, CPU each",
                    (after.cpuSeconds() - before.cpuSeconds()) * 1e3 / size,
                    "ms");
            note(contender, number, who + ", initial push, bytes each", (double) first.bytesAll() / size, "bytes");
            crowd.refusals().forEach(why -> progress.accept("  refused: " + why));
            Pause.of(SETTLED);
            events(number, contender, running, crowd, who);
            burst(number, contender, running, crowd, who);
            note(contender, number, who + ", RSS after", usage(running).rssMiB(), "MiB");
            return crowd.versions();
        }
    }

    private void events(int number, Contender contender, Running running, Crowd crowd, String who) {
        for (int i = 0; i < WARM_UP; i++) {
            change(crowd, i);
            Pause.of(BETWEEN);
        }
        ProcessUsage idleBefore = usage(running);
        Pause.of(IDLE);
        double idleRate = (usage(running).cpuSeconds() - idleBefore.cpuSeconds()) / IDLE.toSeconds();
        var firsts = new double[events];
        var lasts = new double[events];
        ProcessUsage before = usage(running);
        long began = System.nanoTime();
        for (int i = 0; i < events; i++) {
            double[] took = change(crowd, i);
            Pause.of(BETWEEN);
            firsts[i] = took[0];
            lasts[i] = took[1];
        }
        double seconds = (System.nanoTime() - began) / SECOND;
        double cpu = usage(running).cpuSeconds() - before.cpuSeconds();
        Arrays.sort(firsts);
        Arrays.sort(lasts);
        note(contender, number, who + ", one pod changed, first hears, p50", firsts[events / 2], "ms");
        note(contender, number, who + ", one pod changed, last hears, p50", lasts[events / 2], "ms");
        note(contender, number, who + ", one pod changed, last hears, p99", lasts[events * 99 / 100], "ms");
        note(contender, number, who + ", one pod changed, CPU each", cpu * 1e3 / events, "ms");
        note(
                contender,
                number,
                who + ", one pod changed, CPU each less idle",
                Math.max(0, cpu - idleRate * seconds) * 1e3 / events,
                "ms");
    }

    /** How long until the first and the last subscriber had it, in milliseconds since before the write. */
    private double[] change(Crowd crowd, int event) {
        int pod = (int) ((long) event * 7919 % population.pods());
        Mark mark = crowd.mark();
        long written = System.nanoTime();
        api.write(population.relabelled(pod, "r" + revision++));
        Heard heard = crowd.await(mark, 1, PATIENCE);
        return new double[] {(heard.first() - written) / MILLI, (heard.last() - written) / MILLI};
    }

    /** What became of many changes, and how long writing them took. */
    private record Burst(Heard heard, long began, long written) {}

    private Burst rewrite(Crowd crowd) {
        int size = Math.min(BURST, population.pods());
        String text = "r" + revision++;
        Mark mark = crowd.mark();
        long began = System.nanoTime();
        api.writeAll(population.some(size).stream()
                .map(pod -> List.of(population.relabelled(pod, text)))
                .toList());
        long written = System.nanoTime();
        return new Burst(crowd.await(mark, size, PATIENCE), began, written);
    }

    private void burst(int number, Contender contender, Running running, Crowd crowd, String who) {
        ProcessUsage before = usage(running);
        Burst burst = rewrite(crowd);
        String what = who + ", " + Math.min(BURST, population.pods()) + " pods changed at once, ";
        note(contender, number, what + "writing took", (burst.written() - burst.began()) / MILLI, "ms");
        note(
                contender,
                number,
                what + "last hears after the last write",
                (burst.heard().last() - burst.written()) / MILLI,
                "ms");
        note(contender, number, what + "messages each", (double) burst.heard().messagesMax(), "");
        note(contender, number, what + "CPU", (usage(running).cpuSeconds() - before.cpuSeconds()) * 1e3, "ms");
        Pause.of(BETWEEN);
    }

    private void signings(int number, Contender contender, Running running) {
        try (var signings = new Signings(server, Contender.TLS_PORT)) {
            long warming = System.nanoTime();
            do {
                signings.request(SIGNINGS);
            } while (System.nanoTime() - warming < warmUp.toNanos());
            ProcessUsage before = usage(running);
            long began = System.nanoTime();
            signings.request(SIGNINGS);
            double seconds = (System.nanoTime() - began) / SECOND;
            double cpu = usage(running).cpuSeconds() - before.cpuSeconds();
            note(contender, number, "certificates signed per CPU second", SIGNINGS / cpu, "");
            note(contender, number, "certificates signed per second, 8 at a time", SIGNINGS / seconds, "");
        }
    }

    private void restarted(int number, Contender contender, int size, Map<String, String> versions) {
        String who = "restart, " + size + " come back";
        try (Running running = contender.start(server.adminKubeconfig(), folder);
                var crowd = new Crowd(running.discovery(), size, versions, false)) {
            Pause.of(SETTLED);
            ProcessUsage before = usage(running);
            Mark nothing = crowd.mark();
            long began = System.nanoTime();
            crowd.connect();
            Heard heard = crowd.await(nothing, 0, PATIENCE);
            note(contender, number, who + ", last is answered", (heard.last() - began) / MILLI, "ms");
            note(contender, number, who + ", bytes each", (double) heard.bytesAll() / size, "bytes");
            note(contender, number, who + ", streams refused", crowd.refused(), "");
            note(
                    contender,
                    number,
                    who + ", CPU each",
                    (usage(running).cpuSeconds() - before.cpuSeconds()) * 1e3 / size,
                    "ms");
        }
    }

    private static ProcessUsage usage(Running running) {
        return ProcessUsage.of(List.of(running.process().pid()));
    }

    private void note(Contender contender, int round, String what, double value, String unit) {
        figures.add(new Figure(contender.name(), round, what, value, unit));
        progress.accept(String.format(
                Locale.ROOT, "round %d  %-5s %-58s %10.2f %s", round, contender.name(), what, value, unit));
    }
}

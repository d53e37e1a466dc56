package dev.ambit.adapters.k8s.cluster;

import dev.ambit.domain.view.MeshState;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a source told, and a way to wait until it tells what a test expects. */
final class Deliveries implements ConfigurationSource.Listener {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private MeshState state = MeshState.EMPTY;
    private List<ConfigurationProblem> problems = List.of();
    private final List<List<ConfigurationProblem>> allProblems = new ArrayList<>();
    private int count;

    @Override
    public synchronized void derived(MeshState next) {
        state = next;
        count++;
        notifyAll();
    }

    @Override
    public synchronized void problems(List<ConfigurationProblem> now) {
        problems = now;
        allProblems.add(now);
        notifyAll();
    }

    synchronized int count() {
        return count;
    }

    synchronized MeshState state() {
        return state;
    }

    synchronized List<List<ConfigurationProblem>> allProblems() {
        return List.copyOf(allProblems);
    }

    MeshState await(String expected, Predicate<MeshState> condition) {
        return until(expected, () -> condition.test(state)).state();
    }

    List<ConfigurationProblem> awaitProblems(String expected, Predicate<List<ConfigurationProblem>> condition) {
        synchronized (this) {
            until(expected, () -> condition.test(problems));
            return problems;
        }
    }

    private interface Condition {
        boolean holds();
    }

    private synchronized Deliveries until(String expected, Condition condition) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                throw new AssertionError("not seen within " + DEADLINE + ": " + expected + "; last: "
                        + state.workloads().keySet() + " " + state.policies().keySet() + " " + problems);
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
        return this;
    }
}

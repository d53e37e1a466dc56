package dev.ambit.services.ztunnel.flow;

import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.view.MeshView;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.discovery.MeshDiscovery.Answer;
import dev.ambit.ports.discovery.MeshDiscovery.Held;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns what connections need to know, from a discovery that has to be asked: name after name, because what the first
 * ones mean tells of others, and no longer than a connection may wait.
 */
public final class DemandedNames {
    private static final Logger LOG = LoggerFactory.getLogger(DemandedNames.class);

    /** Connections that may wait at once; more would only be refused later. */
    private static final int WAITING_MAX = 4_096;

    /** A service, its waypoint in another network, and the gateway to there; and one for luck. */
    private static final int ROUNDS_MAX = 4;

    private final MeshDiscovery discovery;
    private final CurrentMesh mesh;
    private final Meter meter;
    private final AtomicInteger waiting = new AtomicInteger();

    public DemandedNames(MeshDiscovery discovery, CurrentMesh mesh, Meter meter) {
        this.discovery = discovery;
        this.mesh = mesh;
        this.meter = meter;
    }

    /**
     * Names that are held for a connection, or for as long as its plan is made.
     *
     * @param problem why not all of them are known; empty if they are
     */
    record Learnt(List<Held> held, Optional<RefusalReason> problem) implements AutoCloseable {
        @Override
        public void close() {
            held.forEach(Held::close);
        }
    }

    /**
     * Holds all names that are needed, and answers when they are known or the time is over. Never fails.
     *
     * @param needed the names that a view says are needed
     */
    CompletionStage<Learnt> learn(Function<MeshView, Set<MeshName>> needed, Duration patience) {
        var learning = new Learning(needed);
        learning.hold();
        if (learning.isSettled()) {
            return CompletableFuture.completedFuture(learning.result(Optional.empty()));
        }
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            return CompletableFuture.completedFuture(learning.result(Optional.of(new RefusalReason.NameUnanswered(
                    learning.shown(), "not waited for, because " + WAITING_MAX + " connections wait already"))));
        }
        return learning.rounds(ROUNDS_MAX)
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .handle((_, late) -> {
                    waiting.decrementAndGet();
                    return learning.result(
                            late == null ? Optional.empty() : Optional.of(learning.unanswered(patience)));
                });
    }

    /** One connection's names. Used by one thread after another. */
    private final class Learning {
        private final Function<MeshView, Set<MeshName>> needed;
        private final Map<MeshName, Held> held = new LinkedHashMap<>();

        Learning(Function<MeshView, Set<MeshName>> needed) {
            this.needed = needed;
        }

        /** Holds what is needed by now, and tells whether there was anything new. */
        synchronized boolean hold() {
            int before = held.size();
            needed.apply(mesh.view()).forEach(name -> held.computeIfAbsent(name, discovery::hold));
            return held.size() > before;
        }

        /** Whether all is known without waiting. */
        synchronized boolean isSettled() {
            boolean more = true;
            while (more && held.values().stream().allMatch(DemandedNames::isAnswered)) {
                more = hold();
            }
            return !more;
        }

        CompletableFuture<Void> rounds(int left) {
            return CompletableFuture.allOf(answers()).thenCompose(_ -> {
                boolean more = left > 0 && hold();
                return more ? rounds(left - 1) : CompletableFuture.completedFuture(null);
            });
        }

        private synchronized CompletableFuture<?>[] answers() {
            return held.values().stream()
                    .map(name -> name.answer().toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
        }

        synchronized Learnt result(Optional<RefusalReason> problem) {
            return new Learnt(List.copyOf(held.values()), problem.or(this::unusable));
        }

        private Optional<RefusalReason> unusable() {
            for (Map.Entry<MeshName, Held> name : held.entrySet()) {
                Answer answer = answerOf(name.getValue());
                count(answer);
                String cause = switch (answer) {
                    case PRESENT, ABSENT -> "";
                    case UNUSABLE -> "it told of something this proxy cannot use";
                    case TOO_MANY -> "not asked, because too many names are followed or unanswered already";
                };
                if (!cause.isEmpty()) {
                    return Optional.of(
                            new RefusalReason.NameUnanswered(name.getKey().toString(), cause));
                }
            }
            return Optional.empty();
        }

        RefusalReason unanswered(Duration patience) {
            meter.increment(Counter.NAMES_ASKED, "unanswered");
            String names = shown();
            LOG.warn("the control plane did not say in time what a name is\tnames={} after={}", names, patience);
            return new RefusalReason.NameUnanswered(
                    names, "no answer within " + patience.toMillis() + " ms (is it connected?)");
        }

        private synchronized String shown() {
            var open = new ArrayList<String>();
            held.forEach((name, interest) -> {
                if (!isAnswered(interest) && open.size() < 3) {
                    open.add(name.toString());
                }
            });
            return String.join(", ", open);
        }
    }

    private void count(Answer answer) {
        meter.increment(Counter.NAMES_ASKED, answer.name().toLowerCase(Locale.ROOT));
    }

    private static boolean isAnswered(Held held) {
        return held.answer().toCompletableFuture().isDone();
    }

    private static Answer answerOf(Held held) {
        return held.answer().toCompletableFuture().getNow(Answer.ABSENT);
    }
}

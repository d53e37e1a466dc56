package dev.ambit.domain.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.rotation.RootRotation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * A mesh of several replicas that hear of changes late or never on their own, of proxies that hold certificates to their last
 * second, and of an operator who begins, aborts and begins again at any time: every two live certificates verify each other.
 */
class RotationPropertyTest {
    private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private record Leaf(RootId signer, List<RootId> trusted, Instant notAfter) {}

    /** The stored value, and what each replica believes it to be. */
    private static final class Mesh {
        private final Random random;
        private final RootRotation[] believed;
        private final List<Leaf> leaves = new ArrayList<>();
        private RootRotation stored = RootRotation.of(root(0), START);
        private Instant now = START;
        private int roots = 1;
        private int stages;
        private final Duration haste;

        private Mesh(long seed, int replicas) {
            this(seed, replicas, Duration.ZERO);
        }

        /** Somebody who thinks that it is later than it is ends the stages. */
        private Mesh(long seed, int replicas, Duration haste) {
            this.haste = haste;
            random = new Random(seed);
            believed = new RootRotation[replicas];
            Arrays.fill(believed, stored);
        }

        private static RootId root(int number) {
            return new RootId(String.format("%064x", number));
        }

        private void step() {
            int replica = random.nextInt(believed.length);
            switch (random.nextInt(10)) {
                case 0 -> now = now.plusMillis(random.nextInt(20_000));
                case 1 -> believed[replica] = stored;
                case 2 -> store(replica, believed[replica].begin(root(roots), now, SETTLE));
                case 3 -> {
                    if (random.nextInt(4) == 0) {
                        store(replica, believed[replica].abort(now, SETTLE));
                    }
                }
                case 4, 5 -> store(replica, believed[replica].advance(now.plus(haste), SETTLE, random.nextInt(5) > 0));
                default -> sign(replica, Duration.ofMillis(1 + random.nextInt(30_000)));
            }
            leaves.removeIf(leaf -> !leaf.notAfter.isAfter(now.minus(RootRotation.CLOCK_MARGIN)));
        }

        /** Compare and set: who believes something old changes nothing and learns what there is. */
        private void store(int replica, Step step) {
            if (step instanceof Step.Moved(RootRotation next)) {
                if (believed[replica].equals(stored)) {
                    roots += next.stage() instanceof RotationStage.Distributing ? 1 : 0;
                    stages += next.stage().equals(stored.stage()) ? 0 : 1;
                    stored = next;
                }
                believed[replica] = stored;
            }
        }

        private void sign(int replica, Duration validity) {
            Instant notAfter = now.plus(validity);
            while (!believed[replica].covers(notAfter)) {
                store(replica, new Step.Moved(believed[replica].covering(notAfter, validity)));
            }
            RotationStage stage = believed[replica].stage();
            leaves.add(new Leaf(stage.signer(), stage.trusted(), notAfter));
        }

        private void check() {
            for (Leaf one : leaves) {
                for (Leaf other : leaves) {
                    // Millions of times: an assertion that describes itself each time would take a minute.
                    if (!other.trusted.contains(one.signer)) {
                        throw new AssertionError("at " + now + " " + other + " does not verify " + one);
                    }
                }
            }
        }
    }

    @Property(tries = 400)
    void everyTwoLiveCertificatesVerifyEachOther(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int replicas) {
        var mesh = new Mesh(seed, replicas);
        for (int i = 0; i < 250; i++) {
            mesh.step();
            mesh.check();
        }
    }

    @Property(tries = 50)
    void rotationsComeToTheirEnd(@ForAll long seed) {
        var mesh = new Mesh(seed, 2);
        for (int i = 0; i < 3000; i++) {
            mesh.step();
        }
        assertThat(mesh.stages).as("stages passed").isGreaterThan(5);
    }

    /** The property above finds what it is there to find. */
    @Example
    void stagesThatEndTooEarlyAreFound() {
        int found = 0;
        for (int seed = 0; seed < 40; seed++) {
            var mesh = new Mesh(seed, 2, Duration.ofSeconds(20));
            try {
                for (int i = 0; i < 250; i++) {
                    mesh.step();
                    mesh.check();
                }
            } catch (AssertionError early) {
                found++;
            }
        }
        assertThat(found).isPositive();
    }
}

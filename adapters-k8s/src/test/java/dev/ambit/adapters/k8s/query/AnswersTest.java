package dev.ambit.adapters.k8s.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AnswersTest {
    private static final List<String> ASKED = new ArrayList<>();

    private final Answers answers = new Answers();

    AnswersTest() {
        ASKED.clear();
    }

    /** A number that is set from outside. */
    private record Amount(String name) implements Input<Integer> {
        @Override
        public Integer unset() {
            return 0;
        }
    }

    /** Whether a number is even. */
    private record Even(String name) implements Query<Boolean> {
        @Override
        public Boolean answer(Reading reading) {
            ASKED.add(toString());
            return reading.read(new Amount(name)) % 2 == 0;
        }

        @Override
        public int level() {
            return 1;
        }
    }

    /** One of two numbers, by whether the first is even; fails at 13. */
    private record Choice(String first, String second) implements Query<Integer> {
        @Override
        public Integer answer(Reading reading) {
            ASKED.add(toString());
            int chosen = reading.read(new Even(first)) ? 1 : reading.read(new Amount(second));
            if (chosen == 13) {
                throw new IllegalArgumentException("13");
            }
            return chosen;
        }

        @Override
        public int level() {
            return 2;
        }
    }

    @Example
    void whatDidNotChangeIsNotAskedAgain() {
        answers.want(new Choice("a", "b"));
        assertThat(answers.refresh()).hasSize(1);
        assertThat(answers.get(new Choice("a", "b"))).isEqualTo(1);
        ASKED.clear();

        answers.set(new Amount("a"), 2);
        assertThat(answers.refresh()).isEmpty();
        assertThat(ASKED).as("still even, so nobody above was asked").containsExactly("Even[name=a]");
        ASKED.clear();

        answers.set(new Amount("b"), 7);
        assertThat(answers.refresh()).isEmpty();
        assertThat(ASKED).as("b was not read").isEmpty();
    }

    @Example
    void whatIsReadIsFollowed() {
        answers.want(new Choice("a", "b"));
        answers.set(new Amount("a"), 1);
        answers.set(new Amount("b"), 5);
        answers.refresh();
        assertThat(answers.get(new Choice("a", "b"))).isEqualTo(5);

        answers.set(new Amount("b"), 6);

        assertThat(answers.refresh()).containsExactly(new Answers.Change(new Choice("a", "b")));
        assertThat(answers.get(new Choice("a", "b"))).isEqualTo(6);
    }

    @Example
    void whatNobodyWantsIsForgotten() {
        answers.set(new Amount("a"), 1);
        answers.want(new Choice("a", "b"));
        answers.refresh();
        assertThat(answers.size()).isEqualTo(4);

        answers.unwant(new Choice("a", "b"));
        answers.refresh();
        assertThat(answers.size()).as("the input that was set").isEqualTo(1);
        answers.unset(new Amount("a"));
        answers.refresh();
        assertThat(answers.size()).isZero();
        assertThat(answers.get(new Choice("a", "b"))).isNull();
    }

    @Example
    void aFailureIsAnAnswerToo() {
        answers.want(new Choice("a", "b"));
        answers.want(new Choice("c", "b"));
        answers.set(new Amount("a"), 1);
        answers.set(new Amount("b"), 13);
        answers.refresh();

        assertThatThrownBy(() -> answers.get(new Choice("a", "b"))).hasMessage("13");
        assertThat(answers.get(new Choice("c", "b"))).isEqualTo(1);
        answers.set(new Amount("b"), 3);
        answers.refresh();
        assertThat(answers.get(new Choice("a", "b"))).isEqualTo(3);
    }

    /** Reads what is not below it. */
    private record Circle() implements Query<Integer> {
        @Override
        public Integer answer(Reading reading) {
            return reading.read(new Circle());
        }

        @Override
        public int level() {
            return 1;
        }
    }

    @Example
    void aCircleIsRefused() {
        answers.want(new Circle());
        answers.refresh();

        assertThatThrownBy(() -> answers.get(new Circle())).hasMessageContaining("not below");
    }

    @Property(tries = 200)
    void theAnswersAreThoseOfAFreshStart(@ForAll long seed) {
        var random = new Random(seed);
        var answers = new Answers();
        Map<Amount, Integer> inputs = new HashMap<>();
        Map<Choice, Boolean> wanted = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            var number = new Amount(name(random));
            if (random.nextInt(4) == 0) {
                inputs.remove(number);
                answers.unset(number);
            } else {
                inputs.put(number, random.nextInt(12));
                answers.set(number, Objects.requireNonNull(inputs.get(number)));
            }
            var choice = new Choice(name(random), name(random));
            if (random.nextInt(3) == 0) {
                wanted.remove(choice);
                answers.unwant(choice);
            } else if (random.nextBoolean()) {
                wanted.put(choice, true);
                answers.want(choice);
            }
            if (random.nextBoolean()) {
                answers.refresh();
            }
        }
        answers.refresh();

        var fresh = new Answers();
        inputs.forEach(fresh::set);
        wanted.keySet().forEach(fresh::want);
        fresh.refresh();
        for (Choice choice : wanted.keySet()) {
            assertThat(answers.get(choice)).isEqualTo(fresh.get(choice));
        }
        assertThat(answers.size()).isEqualTo(fresh.size());
    }

    private static String name(Random random) {
        return String.valueOf((char) ('a' + random.nextInt(5)));
    }
}

package dev.ambit.services.cniagent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.enrolment.Capture;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class NodeAgentTest {
    private static final NodePod CART = FakeNode.enrolled("cart", 7);
    private static final NodePod BANK = FakeNode.enrolled("bank", 8);

    private final FakeNode node = new FakeNode();

    NodeAgentTest() {
        node.namespaces.put(CART, 7);
        node.namespaces.put(BANK, 8);
    }

    private void enrolCart() {
        node.started().withProxy().pods(CART);
        node.journal.clear();
    }

    @Test
    void enrolsInOrderRulesProxyReport() {
        node.started().withProxy();
        node.journal.clear();

        node.pods(CART);

        assertThat(node.journal).containsExactly("rules into 7", "proxy has cart in 7", "ENABLED cart");
        assertThat(node.telemetry.counted(Counter.ENROLMENTS, "enrolled")).isEqualTo(1);
        assertThat(node.telemetry.measured(Gauge.ENROLLED_PODS)).isEqualTo(1);
        node.retry();
        assertThat(node.journal).as("nothing is done twice").hasSize(3);
    }

    @Test
    void aPodMayKeepItsNamesToItself() {
        node.started().withProxy();
        node.journal.clear();

        node.pods(FakeNode.annotated(CART, Enrolment.DNS_CAPTURE, "false"));

        assertThat(node.journal).contains("rules into 7 without names");
    }

    @Test
    void leavesAloneWhatIsNotAskedFor() {
        node.started().withProxy();
        node.journal.clear();

        node.pods(FakeNode.pod("plain", 7, ""), FakeNode.pod("out", 8, "none"));

        assertThat(node.journal).isEmpty();
        assertThat(node.agent.isReady()).isTrue();
    }

    /** The label went while this agent was not running: nobody else would ever take the rules out. */
    @Test
    void rulesLeftBehindInAPodThatStaysOutAreTakenAway() {
        NodePod cart = FakeNode.pod("cart", 7, "none");
        node.namespaces.find(cart).ifPresent(namespace -> node.rules.apply(namespace, Capture.CONNECTIONS_AND_NAMES));
        node.started().withProxy();
        node.journal.clear();

        node.pods(cart, FakeNode.pod("plain", 8, ""));

        assertThat(node.journal).containsExactly("rules out of 7", "ABSENT cart");
        assertThat(node.rules.applied()).isEmpty();
        node.retry();
        assertThat(node.journal).as("looked at once").hasSize(2);
    }

    @Test
    void isReadyOnlyAfterEveryPodIsIn() {
        node.startedUntold();
        assertThat(node.agent.isReady()).as("before it was told of any pod").isFalse();
        node.retry();
        assertThat(node.agent.isReady())
                .as("an empty node is not an unknown one")
                .isFalse();
        node.withProxy();
        node.proxyRefuses("bank");

        node.pods(CART, BANK);
        assertThat(node.agent.isReady()).isFalse();

        node.proxyAccepts("bank");
        node.retry();
        assertThat(node.agent.isReady()).isTrue();
    }

    @Test
    void aNodeWithoutPodsIsReady() {
        node.started().pods();

        assertThat(node.agent.isReady()).isTrue();
    }

    @Test
    void whenTheProxyRefusesThePodStaysCapturedAndIsOfferedAgain() {
        node.started().withProxy();
        node.journal.clear();
        node.proxyRefuses("cart");

        node.pods(CART);
        assertThat(node.journal).containsExactly("rules into 7", "PENDING cart");
        assertThat(node.rules.applied()).containsExactly(FakeNode.namespace(7));

        node.proxyAccepts("cart");
        node.retry();
        assertThat(node.journal).containsExactly("rules into 7", "PENDING cart", "proxy has cart in 7", "ENABLED cart");
    }

    @Test
    void withoutAProxyThePodIsPendingAndInTheSnapshotOfTheOneThatComes() {
        node.started().pods(CART);
        assertThat(node.journal).containsExactly("rules into 7", "PENDING cart");
        node.journal.clear();

        node.withProxy();
        assertThat(node.journal).containsExactly("snapshot", "proxy has cart in 7", "snapshot ends");
        node.retry();
        assertThat(node.journal).endsWith("ENABLED cart");
        assertThat(node.agent.isReady()).isTrue();
    }

    @Test
    void withoutRulesNothingIsReported() {
        node.startedUntold().withProxy();
        node.journal.clear();
        node.rules.refuse(FakeNode.namespace(7));

        node.pods(CART);
        assertThat(node.journal).containsExactly("kept uid-cart", "snapshot ends");
        assertThat(node.telemetry.counted(Counter.ENROLMENTS, "failed")).isEqualTo(1);
        assertThat(node.agent.isReady()).isFalse();

        node.rules.accept(FakeNode.namespace(7));
        node.retry();
        assertThat(node.journal).endsWith("rules into 7", "proxy has cart in 7", "ENABLED cart");
    }

    @Test
    void whateverGoesWrongWithOnePodDoesNotKeepOutTheNext() {
        node.started().withProxy();
        node.journal.clear();
        node.breakApply(true);

        node.pods(CART, BANK);

        assertThat(node.journal).containsExactly("rules into 8", "proxy has bank in 8", "ENABLED bank");
        node.breakApply(false);
        node.retry();
        assertThat(node.journal).endsWith("rules into 7", "proxy has cart in 7", "ENABLED cart");
    }

    @Test
    void waitsForANamespaceThatIsNotThereYet() {
        node.namespaces.remove(CART.ref());
        node.startedUntold().withProxy();
        node.journal.clear();

        node.pods(CART);
        assertThat(node.journal).containsExactly("kept uid-cart", "snapshot ends");
        assertThat(node.agent.isReady()).isFalse();

        node.namespaces.put(CART, 7);
        node.retry();
        assertThat(node.journal).endsWith("ENABLED cart");
        assertThat(node.agent.isReady()).isTrue();
    }

    @Test
    void aReportThatCannotBeWrittenIsTriedAgain() {
        node.startedUntold().withProxy();
        node.breakStatus(true);
        node.pods(CART);
        assertThat(node.agent.isReady()).isFalse();

        node.breakStatus(false);
        node.retry();

        assertThat(node.journal).endsWith("ENABLED cart");
        assertThat(node.agent.isReady()).isTrue();
    }

    @Test
    void aProxyThatConnectsBeforePodsAreKnownKeepsWhatItHas() {
        node.namespaces.remove(BANK.ref());
        node.startedUntold().withProxy();
        assertThat(node.journal).containsExactly("snapshot");

        node.pods(CART, BANK);

        assertThat(node.journal)
                .startsWith("snapshot", "rules into 7", "proxy has cart in 7", "kept uid-bank", "snapshot ends")
                .endsWith("ENABLED cart");
    }

    @Test
    void aSlowProxyKeepsNoOtherPodWaiting() {
        node.started().withProxy();
        var slow = new CompletableFuture<Void>();
        node.proxyAnswersWith(slow);
        node.pods(CART);
        node.retry();
        node.journal.clear();

        node.pods(CART, FakeNode.pod("plain", 8, ""), BANK);

        assertThat(node.journal).containsExactly("rules into 8");
        assertThat(node.agent.isReady()).isTrue();
        node.proxyAnswersWith(CompletableFuture.completedFuture(null));
        slow.complete(null);
        node.time.runDue();
        assertThat(node.journal).containsExactly("rules into 8", "proxy has bank in 8", "ENABLED cart", "ENABLED bank");
    }

    @Test
    void anAnswerThatComesAfterThePodLeftChangesNothing() {
        node.started().withProxy();
        var slow = new CompletableFuture<Void>();
        node.proxyAnswersWith(slow);
        node.pods(CART);
        node.pods();
        node.journal.clear();

        slow.complete(null);
        node.time.runDue();

        assertThat(node.journal).doesNotContain("ENABLED cart");
    }

    @Test
    void aNewNamespaceUnderTheSameUidIsNoticed() {
        enrolCart();

        node.namespaces.put(CART, 9);
        node.time.advance(FakeNode.RETRY.multipliedBy(4));

        assertThat(node.journal).containsExactly("rules into 9", "proxy has cart in 9", "ENABLED cart");
        assertThat(node.rules.applied()).contains(FakeNode.namespace(9));
        node.time.advance(FakeNode.RETRY.multipliedBy(8));
        assertThat(node.journal).as("nothing is done twice").hasSize(3);
    }

    @Test
    void withoutItsLabelThePodLeavesTheOtherWayRound() {
        enrolCart();

        node.pods(FakeNode.pod("cart", 7, ""));

        assertThat(node.journal).containsExactly("proxy lost uid-cart", "rules out of 7", "ABSENT cart");
        assertThat(node.rules.applied()).isEmpty();
        assertThat(node.telemetry.counted(Counter.ENROLMENTS, "removed")).isEqualTo(1);
        assertThat(node.telemetry.measured(Gauge.ENROLLED_PODS)).isZero();
    }

    @Test
    void rulesThatCannotBeTakenAwayAreTriedAgain() {
        enrolCart();
        node.rules.refuse(FakeNode.namespace(7));

        node.pods(FakeNode.pod("cart", 7, ""));
        assertThat(node.journal).containsExactly("proxy lost uid-cart");
        assertThat(node.telemetry.measured(Gauge.ENROLLED_PODS))
                .as("no proxy hears of it")
                .isZero();

        node.rules.accept(FakeNode.namespace(7));
        node.retry();
        assertThat(node.journal).containsExactly("proxy lost uid-cart", "rules out of 7", "ABSENT cart");
        node.retry();
        assertThat(node.journal).hasSize(3);
    }

    @Test
    void aPodThatComesBackWhileItLeavesIsEnrolledAnew() {
        enrolCart();
        node.rules.refuse(FakeNode.namespace(7));
        node.pods(FakeNode.pod("cart", 7, ""));
        node.rules.accept(FakeNode.namespace(7));
        node.journal.clear();

        node.pods(CART);

        assertThat(node.journal).containsExactly("rules into 7", "proxy has cart in 7", "ENABLED cart");
        assertThat(node.telemetry.measured(Gauge.ENROLLED_PODS)).isEqualTo(1);
    }

    @Test
    void aPodThatIsGoneIsForgottenEvenIfItsRulesAreStuck() {
        enrolCart();
        node.rules.refuse(FakeNode.namespace(7));

        node.pods();
        node.retry();

        assertThat(node.journal).containsExactly("proxy lost uid-cart");
        assertThat(node.telemetry.counted(Counter.ENROLMENTS, "removed")).isEqualTo(1);
    }

    @Test
    void aStoppedAgentLeavesRulesAndReportsAsTheyAre() {
        enrolCart();

        node.agent.close();
        node.agent.close();
        node.pods();
        node.retry();

        assertThat(node.journal).containsExactly("proxy disconnected");
        assertThat(node.rules.applied()).containsExactly(FakeNode.namespace(7));
    }

    @Test
    void newsAfterTheWorkerIsShutDownIsIgnored() {
        enrolCart();
        node.agent.close();
        node.time.shutdown();

        node.pods(CART, BANK);

        assertThat(node.journal).containsExactly("proxy disconnected");
    }
}

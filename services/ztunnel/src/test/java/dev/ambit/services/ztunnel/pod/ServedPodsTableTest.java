package dev.ambit.services.ztunnel.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.ports.time.ManualScheduler;
import dev.ambit.ports.transport.RecordingDecisions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What becomes of a node's pods as the agent announces them, keeps them and leaves (facts on ztunnel, section 16). A row is
 * one of Istio's own cases in our words, or one beside it.
 *
 * <p>Steps: {@code [} a snapshot begins, {@code ]} it is complete, {@code +a7} pod a in namespace 7, {@code =a} kept,
 * {@code -a} removed, {@code ~} the agent is away; {@code x} from now on pods' ports are taken, {@code o} they are free;
 * {@code t} the time of the next attempt. Then: who is served, how many were ever begun, how many wait, whether ready.
 */
@Timeout(30)
class ServedPodsTableTest {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final FakeTransport transport = new FakeTransport();
    private final ManualScheduler time = new ManualScheduler();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final List<FakeNetworkNamespace> handedOver = new ArrayList<>();
    private final ServedPods pods = new ServedPods(
            transport,
            new RecordingDecisions(),
            _ -> new CompletableFuture<>(),
            InetAddress.getLoopbackAddress(),
            time,
            telemetry);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "announced,                                     [ +a7,                     a7,      1, 0, false",
        "announced twice,                               [ +a7 +a7 ],               a7,      1, 0, true",
        "announced in another namespace,                [ +a7 +a8 ],               a8,      2, 0, true",
        "cannot be served,                              [ x +a7 ],                 '',      0, 1, false",
        "can be at the next attempt,                    [ x +a7 ] o t,             a7,      1, 0, true",
        "still cannot,                                  [ x +a7 ] t t,             '',      0, 1, false",
        "waits and is announced in another namespace,   [ x +a7 o +a8 ] t,         a8,      1, 0, true",
        "waits and is removed,                          [ ] x +a7 -a o t,          '',      0, 0, true",
        "waits and is removed before the end,           [ x +a7 -a o ] t,          '',      0, 0, true",
        "waits and is kept,                             [ x +a7 ] ~ [ =a ] o t,    a7,      1, 0, true",
        "waits and is not there any more,               [ x +a7 ] ~ [ ] o t,       '',      0, 0, true",
        "removed,                                       [ +a7 ] -a,                '',      1, 0, true",
        "removed and announced again,                   [ ] +a7 -a +a7,            a7,      2, 0, true",
        "kept,                                          [ +a7 ] ~ [ =a ],          a7,      1, 0, true",
        "kept and then removed,                         [ +a7 ] ~ [ =a -a ],       '',      1, 0, true",
        "kept though never announced,                   [ =a ],                    '',      0, 0, true",
        "removed though never announced,                [ -a ],                    '',      0, 0, true",
        "agent says nothing and leaves,                 [ ~,                       '',      0, 0, false",
        "agent leaves before the end,                   [ +a7 ~,                   a7,      1, 0, false",
        "not in the next snapshot,                      [ +a7 +b8 ] ~ [ +b8 ],     b8,      2, 0, true",
        "the same and the other one moved,              [ +a7 +b8 ] ~ [ +b9 ],     b9,      3, 0, true",
        "not in the next one so far,                    [ +a7 +b8 ] ~ [ +b8,       a7 b8,   2, 0, false",
        "not in one that was never complete,            [ +a7 +b8 ] ~ [ +b8 ~,     a7 b8,   2, 0, false",
        "an unfinished one counts for nothing,          [ +a7 ] ~ [ =a ~ [ ],      '',      1, 0, true",
    })
    void pods(String name, String steps, String served, int started, int waiting, boolean ready) {
        for (String step : steps.split(" ", -1)) {
            take(step);
        }

        var up = new TreeSet<String>();
        transport.proxies.stream()
                .filter(proxy -> !proxy.closed)
                .map(proxy -> proxy.binding)
                .forEach(pod -> up.add(pod.pod().name() + pod.namespace().id().inode()));
        assertThat(String.join(" ", up)).isEqualTo(served);
        assertThat(telemetry.counted(Counter.PROXIES_STARTED)).isEqualTo(started);
        assertThat(pods.pendingCount()).isEqualTo(waiting);
        assertThat(pods.activeCount()).isEqualTo(up.size());
        assertThat(pods.isReady()).isEqualTo(ready);
        assertThat(handedOver.stream().filter(namespace -> !namespace.isClosed()))
                .as("no other namespace is held on to")
                .hasSize(up.size() + waiting);
    }

    private void take(String step) {
        String name = step.substring(step.length() > 1 ? 1 : 0, Math.min(2, step.length()));
        var pod = new PodRef("uid-" + name, "shop", name, name);
        switch (step.charAt(0)) {
            case '[' -> pods.snapshotStarted();
            case ']' -> ends(pods.snapshotCompleted());
            case '+' -> {
                var namespace = new FakeNetworkNamespace(Long.parseLong(step.substring(2)));
                handedOver.add(namespace);
                boolean served = !transport.refuses(name);
                assertThat(pods.added(pod, namespace).toCompletableFuture().isCompletedExceptionally())
                        .as("whether the agent hears an error")
                        .isNotEqualTo(served);
            }
            case '=' -> ends(pods.kept(pod.uid()));
            case '-' -> ends(pods.removed(pod.uid()));
            case '~' -> pods.disconnected("the test says so");
            case 'x' -> List.of("a", "b").forEach(transport::refuse);
            case 'o' -> List.of("a", "b").forEach(transport::accept);
            case 't' -> time.advance(RETRY);
            default -> throw new IllegalArgumentException("step '" + step + "'");
        }
    }

    private static void ends(CompletionStage<Void> answer) {
        assertThat(answer.toCompletableFuture()).isCompleted();
    }
}

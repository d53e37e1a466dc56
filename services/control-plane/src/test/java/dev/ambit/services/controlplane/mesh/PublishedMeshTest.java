package dev.ambit.services.controlplane.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(20)
class PublishedMeshTest {
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final PublishedMesh mesh = new PublishedMesh(telemetry);

    private static Workload workload(String name) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .build();
    }

    private static MeshState stateOf(String... names) {
        Map<WorkloadUid, Workload> workloads = new HashMap<>();
        for (String name : names) {
            workloads.put(workload(name).uid(), workload(name));
        }
        return new MeshState(workloads, Map.of(), Map.of(), List.of());
    }

    private static MeshChange added(String name) {
        return new MeshChange.WorkloadUpserted(workload(name));
    }

    @Test
    void aSubscriberHearsWhatThereIsAndThenWhatChanges() {
        mesh.derived(stateOf("a"));
        List<List<MeshChange>> heard = new ArrayList<>();
        var subscription = mesh.subscribe(heard::add);
        assertThat(heard).containsExactly(List.of(added("a")));

        mesh.derived(stateOf("a", "b"));
        mesh.derived(stateOf("b"));
        assertThat(heard)
                .containsExactly(
                        List.of(added("a")),
                        List.of(added("b")),
                        List.of(new MeshChange.WorkloadRemoved(workload("a").uid())));

        subscription.close();
        mesh.derived(stateOf());
        assertThat(heard).hasSize(3);
    }

    @Test
    void nobodyHearsOfAMeshThatHasNotBeenRead() {
        List<List<MeshChange>> heard = new ArrayList<>();
        var _ = mesh.subscribe(heard::add);
        assertThat(heard).isEmpty();

        mesh.derived(MeshState.EMPTY);
        mesh.derived(MeshState.EMPTY);

        assertThat(heard).containsExactly(List.of());
    }

    @Test
    void nothingChangedIsNotTold() {
        mesh.derived(stateOf("a"));
        List<List<MeshChange>> heard = new ArrayList<>();
        var _ = mesh.subscribe(heard::add);

        mesh.derived(stateOf("a"));

        assertThat(heard).hasSize(1);
    }

    @Test
    void isLoadedEvenIfThereIsNothing() {
        assertThat(mesh.isLoaded()).isFalse();

        mesh.derived(MeshState.EMPTY);

        assertThat(mesh.isLoaded()).isTrue();
    }

    @Test
    void whoeverSubscribesWhileThingsChangeMissesNothing() throws InterruptedException {
        List<Set<WorkloadUid>> pictures = new ArrayList<>();
        var publisher = Thread.ofPlatform()
                .start(() -> IntStream.range(0, 500)
                        .forEach(i -> mesh.derived(stateOf("w" + i, "w" + (i + 1), i % 2 == 0 ? "even" : "odd"))));
        while (publisher.isAlive() && pictures.size() < 200) {
            Set<WorkloadUid> picture = new HashSet<>();
            pictures.add(picture);
            var _ = mesh.subscribe(changes -> changes.forEach(change -> {
                switch (change) {
                    case MeshChange.WorkloadUpserted(Workload it) -> picture.add(it.uid());
                    case MeshChange.WorkloadRemoved(WorkloadUid uid) ->
                        assertThat(picture.remove(uid)).as("was there").isTrue();
                    default -> throw new AssertionError(change);
                }
            }));
        }
        publisher.join();

        assertThat(pictures)
                .isNotEmpty()
                .allSatisfy(picture ->
                        assertThat(picture).isEqualTo(mesh.state().workloads().keySet()));
    }

    @Test
    void observersHearBeforeSubscribersAndAlsoWhenOnlyPodsChanged() {
        List<String> order = new ArrayList<>();
        mesh.observe(_ -> order.add("observer"));
        var _ = mesh.subscribe(_ -> order.add("subscriber"));
        assertThat(order).containsExactly("observer");
        order.clear();

        mesh.derived(stateOf("a"));
        assertThat(order).containsExactly("observer", "subscriber");

        var pod = new PodRecord(
                new PodRef("u", "shop", "a", "a"), SpiffeId.of("spiffe://cluster.local/ns/shop/sa/a"), "n1");
        mesh.derived(new MeshState(stateOf("a").workloads(), Map.of(), Map.of(), List.of(pod)));
        assertThat(order).containsExactly("observer", "subscriber", "observer");
    }

    @Test
    void oneWhoFailsKeepsTheNewsFromNobody() {
        List<List<MeshChange>> heard = new ArrayList<>();
        mesh.observe(state -> failUnlessEmpty(state.workloads().isEmpty()));
        var _ = mesh.subscribe(changes -> failUnlessEmpty(changes.isEmpty()));
        var _ = mesh.subscribe(heard::add);

        mesh.derived(stateOf("a"));

        assertThat(heard).endsWith(List.of(added("a")));
    }

    private static void failUnlessEmpty(boolean empty) {
        if (!empty) {
            throw new IllegalStateException("thrown on purpose");
        }
    }

    @Test
    void problemsAreLoggedOnceAndClearedOnce() {
        var first = new ConfigurationProblem("a.yaml:3", "Service shop/cart", "port 0");
        var second = new ConfigurationProblem("b.yaml:1", "", "not YAML");
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (Logger) LoggerFactory.getLogger(PublishedMesh.class);
        logger.addAppender(log);

        mesh.problems(List.of(first, first));
        mesh.problems(List.of(first, second));
        assertThat(telemetry.measured(Gauge.CONFIGURATION_PROBLEMS)).isEqualTo(2);
        mesh.problems(List.of(second));
        mesh.problems(List.of());

        logger.detachAppender(log);
        assertThat(log.list)
                .extracting(event -> event.getLevel() + " " + afterTab(event.getFormattedMessage()))
                .containsExactly(
                        "WARN where=\"a.yaml:3\" object=\"Service shop/cart\" why=\"port 0\"",
                        "WARN where=\"b.yaml:1\" object=\"\" why=\"not YAML\"",
                        "INFO where=\"a.yaml:3\" object=\"Service shop/cart\"",
                        "INFO where=\"b.yaml:1\" object=\"\"");
    }

    private static String afterTab(String line) {
        return line.substring(line.indexOf('\t') + 1);
    }

    @Test
    void changesAreCounted() {
        mesh.derived(stateOf("a", "b"));
        mesh.derived(stateOf("b"));

        assertThat(telemetry.counted(Counter.CONFIGURATION_PUSHES, "workload_changed"))
                .isEqualTo(2);
        assertThat(telemetry.counted(Counter.CONFIGURATION_PUSHES, "workload_removed"))
                .isEqualTo(1);
        assertThat(telemetry.measured(Gauge.WORKLOADS)).isEqualTo(1);
    }
}

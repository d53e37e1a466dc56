package dev.ambit.adapters.k8s.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.k8s.translate.DerivationOptions;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import dev.ambit.ports.configuration.ConfigurationSource;
import dev.ambit.ports.configuration.PodStatusWriter.Redirection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is peculiar to manifests: the status overlay, speed, and a folder that is not there. */
@Timeout(30)
class ManifestConfigurationSourceTest {
    private static final Duration PROMPTLY = Duration.ofSeconds(1);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: cart, namespace: shop, uid: u-1}
            status: {podIP: 10.0.0.1}
            """;

    private final BlockingQueue<MeshState> states = new LinkedBlockingQueue<>();
    private final BlockingQueue<List<ConfigurationProblem>> problems = new LinkedBlockingQueue<>();
    private final List<ConfigurationSource> sources = new ArrayList<>();
    private Folder folder = new Folder(Path.of("."));
    private Path status = Path.of(".");

    @BeforeEach
    void create(@TempDir Path manifests, @TempDir Path other) {
        folder = new Folder(manifests);
        status = other.resolve("status");
    }

    @AfterEach
    void close() {
        sources.forEach(ConfigurationSource::close);
    }

    private void start() {
        var source = new ManifestConfigurationSource(
                ManifestOptions.of(folder.path()).withStatusFolder(status), DerivationOptions.defaults());
        sources.add(source);
        source.start(new ConfigurationSource.Listener() {
            @Override
            public void derived(MeshState state) {
                states.add(state);
            }

            @Override
            public void problems(List<ConfigurationProblem> found) {
                problems.add(found);
            }
        });
    }

    /** Takes states until one is as expected. */
    private void await(Predicate<MeshState> condition) throws InterruptedException {
        MeshState state;
        do {
            state = states.poll(PROMPTLY.multipliedBy(5).toMillis(), TimeUnit.MILLISECONDS);
            assertThat(state).as("no such state came").isNotNull();
        } while (!condition.test(state));
    }

    private static boolean captured(MeshState state) {
        return state.workloads().values().stream().anyMatch(Workload::isHbone);
    }

    @Test
    void theNodeAgentsStatusMakesAPodPartOfTheMesh() throws InterruptedException {
        folder.write("pod.yaml", POD);
        var pod = new PodRef("u-1", "shop", "cart", "default");
        start();
        await(state -> !captured(state));

        var writer = new ManifestPodStatusWriter(status);
        writer.redirection(pod, Redirection.ENABLED);
        await(ManifestConfigurationSourceTest::captured);
        writer.redirection(pod, Redirection.ABSENT);
        await(state -> !captured(state));
    }

    @Test
    void theStatusOfAnEarlierPodOfTheSameNameDoesNotCount() {
        folder.write("pod.yaml", POD);
        new ManifestPodStatusWriter(status)
                .redirection(new PodRef("u-0", "shop", "cart", "default"), Redirection.ENABLED);
        start();
        assertThat(states).singleElement().matches(state -> !captured(state));
    }

    @Test
    void anEditIsDerivedWithinASecond() throws InterruptedException {
        start();
        await(state -> state.workloads().isEmpty());

        folder.replace("pod.yaml", POD);

        assertThat(states.poll(PROMPTLY.toMillis(), TimeUnit.MILLISECONDS)).isNotNull();
    }

    @Test
    void warningsOfTheDerivationHaveTheirLine() throws InterruptedException {
        folder.write("service.yaml", """
                apiVersion: v1
                kind: Service
                metadata:
                  name: cart
                  namespace: shop
                  labels:
                    istio.io/use-waypoint: wp
                spec:
                  ports: [{port: 80}]
                """);
        start();
        assertThat(problems.poll(5, TimeUnit.SECONDS)).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("service.yaml:7");
            assertThat(problem.object()).isEqualTo("Service shop/cart");
            assertThat(problem.why()).contains("waypoint shop/wp is not ready");
        });
    }

    @Test
    void aFolderThatIsNotThereStopsTheStart() {
        folder = new Folder(folder.path().resolve("missing"));

        assertThatThrownBy(this::start)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void aStatusIsNeverWrittenOutsideItsFolder() {
        var writer = new ManifestPodStatusWriter(status);

        assertThatThrownBy(() ->
                        writer.redirection(new PodRef("u", "..", "../../etc/passwd", "default"), Redirection.ENABLED))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not a pod's name");
    }
}

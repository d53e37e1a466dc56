package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of objects while this process leads. Only what is ours is touched; a status that says already what it
 * should is not written; who changed the object meanwhile goes first. A status that does not last is written ever more
 * seldom.
 */
public final class ClusterStatusWriter implements LeaseLeadership.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterStatusWriter.class);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Meter meter;

    /** What does not say yet what it should. */
    private final Map<ObjectKey, Task> open = new HashMap<>();

    private final Map<ObjectKey, WriteAttempts<WantedStatus>> attempts = new HashMap<>();
    /** Of the open ones, those to look at now. */
    private final Set<ObjectKey> ready = new LinkedHashSet<>();

    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparing(Later::at));
    private boolean leading;
    private boolean closed;
    private @Nullable Thread thread;

    private record Task(WantedStatus wanted, WrittenStatus written) {}

    private record Later(ObjectKey object, Instant at) {}

    /** Does not close the connection. Writes nothing before {@link #leads}. */
    public ClusterStatusWriter(ClusterConnection connection, InstantSource clock, Meter meter) {
        this.client = connection.client();
        this.clock = clock;
        this.meter = meter;
    }

    /** Takes note of what an object's status should say, and of what it says; returns at once. */
    synchronized void write(WantedStatus wanted, WrittenStatus written) {
        ObjectKey object = wanted.object();
        if (written.patch(wanted, clock.instant()).isEmpty()) {
            open.remove(object);
            ready.remove(object);
            return;
        }
        open.put(object, new Task(wanted, written));
        ready.add(object);
        notifyAll();
    }

    /** The object is gone. */
    synchronized void forget(ObjectKey object) {
        open.remove(object);
        ready.remove(object);
        attempts.remove(object);
    }

    @Override
    public synchronized void leads() {
        leading = true;
        ready.addAll(open.keySet());
        if (thread == null && !closed) {
            thread = Thread.ofVirtual().name("status").start(this::run);
        }
        notifyAll();
    }

    @Override
    public synchronized void leadsNoMore() {
        leading = false;
    }

    private void run() {
        try {
            while (true) {
                Optional<Task> task = next();
                if (task.isEmpty()) {
                    return;
                }
                send(task.get());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next to be written, once there is one and this leads; empty when this is closed. */
    private synchronized Optional<Task> next() throws InterruptedException {
        while (!closed) {
            Instant now = clock.instant();
            while (!later.isEmpty() && !later.peek().at().isAfter(now)) {
                ready.add(later.remove().object());
            }
            Optional<Task> task = leading ? allowed(now) : Optional.empty();
            if (task.isPresent()) {
                return task;
            }
            boolean timed = leading && !later.isEmpty();
            wait(timed ? Math.max(1, Duration.between(now, later.peek().at()).toMillis()) : 0);
        }
        return Optional.empty();
    }

    /** The first that may be written now. Those that may not yet wait for their time. */
    private Optional<Task> allowed(Instant now) {
        while (!ready.isEmpty()) {
            ObjectKey object = ready.iterator().next();
            ready.remove(object);
            Task task = open.get(object);
            if (task == null) {
                continue;
            }
            WriteAttempts<WantedStatus> before = attempts.get(object);
            if (before != null && !before.isAllowed(task.wanted(), now)) {
                later.add(new Later(object, before.next()));
                continue;
            }
            WriteAttempts<WantedStatus> attempt =
                    before == null ? WriteAttempts.first(task.wanted(), now) : before.again(task.wanted(), now);
            attempts.put(object, attempt);
            // Whether it lasts is seen then; what came back meanwhile is seen at once.
            later.add(new Later(object, attempt.next()));
            if (attempt.count() == WriteAttempts.MANY) {
                LOG.warn("status does not last, somebody else writes it or it is refused\tobject=\"{}\"", object);
            }
            return Optional.of(task);
        }
        return Optional.empty();
    }

    private void send(Task task) {
        MeshKind kind = task.wanted().kind();
        ObjectKey object = task.wanted().object();
        Optional<ObjectNode> patch = task.written().patch(task.wanted(), clock.instant());
        if (patch.isEmpty()) {
            return;
        }
        String apiVersion = task.written().apiVersion();
        int slash = apiVersion.indexOf('/');
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                .withVersion(apiVersion.substring(slash + 1))
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.isNamespaced())
                .build();
        try {
            var all = client.genericKubernetesResources(context);
            (kind.isNamespaced() ? all.inNamespace(object.namespace()) : all)
                    .withName(object.name())
                    .subresource("status")
                    .patch(MERGE, patch.get().toString());
            meter.increment(Counter.STATUS_WRITES, "written");
        } catch (KubernetesClientException refused) {
            meter.increment(Counter.STATUS_WRITES, outcome(refused));
            switch (refused.getCode()) {
                // The newer version is on its way, and brings us back here; one that is gone does not.
                case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND ->
                    LOG.debug("status was out of date\tobject=\"{}\"", object);
                default -> LOG.warn("status cannot be written\tobject=\"{}\" why=\"{}\"", object, refused.getMessage());
            }
        }
    }

    private static String outcome(KubernetesClientException refused) {
        return switch (refused.getCode()) {
            case HttpURLConnection.HTTP_CONFLICT -> "outdated";
            case HttpURLConnection.HTTP_NOT_FOUND -> "gone";
            case HttpURLConnection.HTTP_FORBIDDEN -> "forbidden";
            default -> "failed";
        };
    }

    @Override
    public void close() {
        @Nullable Thread running;
        synchronized (this) {
            closed = true;
            notifyAll();
            running = thread;
        }
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.ambit.adapters.k8s.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes conditions on objects while this process leads. Only our own types are touched; a condition that says already
 * what it should is not written; who changed the object meanwhile goes first. A condition that does not last is written
 * ever more seldom.
 */
public final class ClusterStatusWriter implements LeaseLeadership.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterStatusWriter.class);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final Map<ObjectKey, WriteAttempts> attempts = new HashMap<>();
    private List<WantedStatus> wanted = List.of();
    private Map<ObjectKey, WrittenStatus> written = Map.of();
    private boolean news;
    private boolean leading;
    private boolean closed;
    private @Nullable Thread thread;

    /** Does not close the connection. Writes nothing before {@link #leads}. */
    public ClusterStatusWriter(ClusterConnection connection, InstantSource clock) {
        this.client = connection.client();
        this.clock = clock;
    }

    /** Takes note of what is wanted, and of what is there; returns at once. */
    synchronized void write(List<WantedStatus> nowWanted, Map<ObjectKey, WrittenStatus> nowWritten) {
        wanted = nowWanted;
        written = nowWritten;
        news = true;
        notifyAll();
    }

    @Override
    public synchronized void leads() {
        leading = true;
        news = true;
        if (thread == null && !closed) {
            thread = Thread.ofVirtual().name("status").start(this::run);
        }
        notifyAll();
    }

    @Override
    public synchronized void leadsNoMore() {
        leading = false;
    }

    private record Task(List<WantedStatus> wanted, Map<ObjectKey, WrittenStatus> written) {}

    private void run() {
        try {
            Instant again = Instant.MAX;
            while (true) {
                Optional<Task> task = next(again);
                if (task.isEmpty()) {
                    return;
                }
                again = work(task.get());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The newest task, once there is news or the time has come; empty when this is closed. */
    private synchronized Optional<Task> next(Instant again) throws InterruptedException {
        while (!closed && !(leading && (news || !clock.instant().isBefore(again)))) {
            long pause = leading && again.isBefore(Instant.MAX)
                    ? Math.max(1, Duration.between(clock.instant(), again).toMillis())
                    : 0;
            wait(pause);
        }
        news = false;
        return closed ? Optional.empty() : Optional.of(new Task(wanted, written));
    }

    private synchronized boolean isStopped() {
        return closed || !leading || news;
    }

    /** Writes what is allowed now; returns when there is more to do. */
    private Instant work(Task task) {
        Instant again = Instant.MAX;
        attempts.keySet().retainAll(task.written().keySet());
        for (WantedStatus each : task.wanted()) {
            if (isStopped()) {
                return Instant.MIN;
            }
            WrittenStatus there = task.written().get(each.object());
            Instant now = clock.instant();
            var patch = there == null ? Optional.<ObjectNode>empty() : there.patch(each, now);
            if (there == null || patch.isEmpty()) {
                continue;
            }
            WriteAttempts before = attempts.get(each.object());
            if (before == null || before.isAllowed(each.conditions(), now)) {
                send(each, there, patch.get().toString());
                before = before == null
                        ? WriteAttempts.first(each.conditions(), now)
                        : before.again(each.conditions(), now);
                attempts.put(each.object(), before);
                if (before.count() == WriteAttempts.MANY) {
                    LOG.warn(
                            "status does not last, somebody else writes it or it is refused\tobject=\"{}\"",
                            each.object());
                }
            }
            again = before.next().isBefore(again) ? before.next() : again;
        }
        return again;
    }

    private void send(WantedStatus status, WrittenStatus there, String patch) {
        MeshKind kind = status.kind();
        ObjectKey object = status.object();
        int slash = there.apiVersion().indexOf('/');
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : there.apiVersion().substring(0, slash))
                .withVersion(there.apiVersion().substring(slash + 1))
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.isNamespaced())
                .build();
        try {
            client.genericKubernetesResources(context)
                    .inNamespace(object.namespace())
                    .withName(object.name())
                    .subresource("status")
                    .patch(MERGE, patch);
        } catch (KubernetesClientException refused) {
            switch (refused.getCode()) {
                // The newer version is on its way, and brings us back here; one that is gone does not.
                case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND ->
                    LOG.debug("status was out of date\tobject=\"{}\"", object);
                default -> LOG.warn("status cannot be written\tobject=\"{}\" why=\"{}\"", object, refused.getMessage());
            }
        }
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

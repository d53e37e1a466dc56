package dev.ambit.adapters.k8s.cluster;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a Lease when no other process does. Whether another one's has run out is told from how long nothing about it
 * has changed here, so clocks need not agree. Who cannot renew ceases to lead before anybody else can begin.
 */
public final class LeaseLeadership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLeadership.class);

    private final KubernetesClient client;
    private final LeaseTerms terms;
    private final Listener listener;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** When the last renewal was asked for, by {@link System#nanoTime}. */
    private volatile long renewed;

    private volatile boolean leading;

    /** The other's lease as it was when it was last seen to change, and when that was. */
    private @Nullable LeaseSpec seen;

    private long seenSince;
    private String lastFailure = "";

    /** Called one at a time, from one thread. */
    public interface Listener {
        void leads();

        /** Whatever it does as the leader has to stop at once. */
        void leadsNoMore();

        /** One that tells all of these, in this order. */
        static Listener all(List<Listener> listeners) {
            List<Listener> told = List.copyOf(listeners);
            return new Listener() {
                @Override
                public void leads() {
                    told.forEach(Listener::leads);
                }

                @Override
                public void leadsNoMore() {
                    told.forEach(Listener::leadsNoMore);
                }
            };
        }
    }

    /** Does not close the connection. */
    public LeaseLeadership(ClusterConnection connection, LeaseTerms terms, Listener listener) {
        this.client = connection.client();
        this.terms = terms;
        this.listener = listener;
    }

    public synchronized void start() {
        if (thread != null) {
            throw new IllegalStateException("started already");
        }
        thread = Thread.ofVirtual().name("leadership").start(this::run);
    }

    /** Whether this process leads; true no longer than its lease lasts, whatever became of its renewals. */
    public boolean isLeading() {
        return leading && System.nanoTime() - renewed < trusted().toNanos();
    }

    /** A leader stops a third of the duration before others may begin. */
    private Duration trusted() {
        return terms.duration().multipliedBy(2).dividedBy(3);
    }

    private void run() {
        try {
            do {
                attempt();
            } while (!closing.await(terms.renewal().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (leading) {
            release();
            lead(false);
        }
    }

    private void attempt() {
        long asked = System.nanoTime();
        try {
            boolean held = acquire(asked);
            if (held) {
                renewed = asked;
            }
            lastFailure = "";
            lead(held);
        } catch (KubernetesClientException | IllegalStateException failure) {
            boolean lost = failure instanceof KubernetesClientException refused
                    && refused.getCode() == HttpURLConnection.HTTP_CONFLICT;
            if (!lost) {
                report(String.valueOf(failure.getMessage()));
            }
            lead(leading && !lost && System.nanoTime() - renewed < trusted().toNanos());
        }
    }

    /** Once per reason, not once per attempt. */
    private void report(String failure) {
        if (!failure.equals(lastFailure)) {
            lastFailure = failure;
            LOG.warn(
                    "lease cannot be read or written\tlease={}/{} why=\"{}\"",
                    terms.namespace(),
                    terms.name(),
                    failure);
        }
    }

    private boolean acquire(long now) {
        Lease lease = client.leases()
                .inNamespace(terms.namespace())
                .withName(terms.name())
                .get();
        if (lease == null) {
            client.resource(lease(null, null)).create();
            return true;
        }
        LeaseSpec spec = lease.getSpec();
        String holder = spec == null || spec.getHolderIdentity() == null ? "" : spec.getHolderIdentity();
        if (holder.equals(terms.identity())) {
            client.resource(lease(lease, spec)).update();
            return true;
        }
        if (!Objects.equals(spec, seen)) {
            seen = spec;
            seenSince = now;
        }
        if (!holder.isEmpty() && now - seenSince < duration(spec).toNanos()) {
            return false;
        }
        client.resource(lease(lease, null)).update();
        return true;
    }

    private Duration duration(@Nullable LeaseSpec spec) {
        return spec == null || spec.getLeaseDurationSeconds() == null
                ? terms.duration()
                : Duration.ofSeconds(spec.getLeaseDurationSeconds());
    }

    /** The lease as ours, with the version it replaces: the API server refuses it if somebody was faster. */
    private Lease lease(@Nullable Lease before, @Nullable LeaseSpec own) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        @Nullable LeaseSpec last = before == null ? null : before.getSpec();
        int transitions = last == null || last.getLeaseTransitions() == null ? 0 : last.getLeaseTransitions();
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(terms.namespace())
                .withName(terms.name())
                .withResourceVersion(
                        before == null ? null : before.getMetadata().getResourceVersion())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(terms.identity())
                .withLeaseDurationSeconds(Math.max(1, (int) terms.duration().toSeconds()))
                .withAcquireTime(own == null ? now : own.getAcquireTime())
                .withRenewTime(now)
                .withLeaseTransitions(before == null || own != null ? transitions : transitions + 1)
                .endSpec()
                .build();
    }

    /** So that the next one need not wait. */
    private void release() {
        try {
            Lease lease = client.leases()
                    .inNamespace(terms.namespace())
                    .withName(terms.name())
                    .get();
            if (lease != null && terms.identity().equals(lease.getSpec().getHolderIdentity())) {
                lease.getSpec().setHolderIdentity("");
                lease.getMetadata().setManagedFields(null);
                client.resource(lease).update();
            }
        } catch (KubernetesClientException | IllegalStateException failure) {
            LOG.info("lease was not given back; it will run out\twhy=\"{}\"", failure.getMessage());
        }
    }

    private void lead(boolean now) {
        if (now == leading) {
            return;
        }
        leading = now;
        LOG.info(
                "{}\tlease={}/{} identity={}",
                now ? "leading" : "leading no more",
                terms.namespace(),
                terms.name(),
                terms.identity());
        if (now) {
            listener.leads();
        } else {
            listener.leadsNoMore();
        }
    }

    /** Gives the lease back, if it is ours. */
    @Override
    public void close() {
        closing.countDown();
        @Nullable Thread running;
        synchronized (this) {
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

package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.RenewalBackoff;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one certificate per identity of this node: fetched when first needed (or before), renewed at half its life,
 * retried with back-off, and used until its very end when the certificate authority is away.
 */
public final class CertificateKeeper implements Credentials {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    /** Requests under way at once, Istio's ztunnel's figure: a node full of pods must not flood the authority. */
    private static final int REQUESTS_MAX = 8;

    /** No certificate is renewed sooner than this after it came, however short its life. */
    private static final Duration RENEWAL_PAUSE_MIN = Duration.ofSeconds(1);

    private final CertificateSource source;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ScheduledExecutorService scheduler;
    private final Meter meter;
    private final Semaphore requests = new Semaphore(REQUESTS_MAX);
    private final ConcurrentHashMap<SpiffeId, Entry> entries = new ConcurrentHashMap<>();

    /**
     * A keeper without certificates.
     *
     * @param scheduler runs the keeper's own work; its owner shuts it down
     */
    public CertificateKeeper(
            CertificateSource source,
            InstantSource clock,
            RandomGenerator random,
            ScheduledExecutorService scheduler,
            Meter meter) {
        this.source = source;
        this.clock = clock;
        this.random = random;
        this.scheduler = scheduler;
        this.meter = meter;
    }

    @Override
    public CompletionStage<WorkloadCertificate> certificate(SpiffeId identity) {
        return entries.computeIfAbsent(identity, Entry::new).current();
    }

    /** How many identities have a valid certificate. */
    public int held() {
        return (int) entries.values().stream().filter(Entry::isValid).count();
    }

    /** Fetches what is missing for these identities and forgets all others. */
    public void keepOnly(Set<SpiffeId> identities) {
        identities.forEach(
                identity -> entries.computeIfAbsent(identity, Entry::new).prefetch());
        entries.values().removeIf(entry -> {
            boolean gone = !identities.contains(entry.identity);
            if (gone) {
                LOG.info("certificate forgotten, no pod of this node needs it\tidentity={}", entry.identity);
                entry.retire();
            }
            return gone;
        });
    }

    /** The certificate of one identity and the request for its successor. */
    private final class Entry {
        private final SpiffeId identity;
        private @Nullable WorkloadCertificate held;
        private @Nullable CompletableFuture<WorkloadCertificate> pending;
        private RenewalBackoff backoff = RenewalBackoff.NONE;
        private String lastFailure = "";
        private @Nullable ScheduledFuture<?> next;
        private boolean retired;

        Entry(SpiffeId identity) {
            this.identity = identity;
        }

        synchronized CompletionStage<WorkloadCertificate> current() {
            WorkloadCertificate certificate = held;
            if (certificate != null && certificate.lifetime().isValidAt(clock.instant())) {
                return CompletableFuture.completedFuture(certificate);
            }
            if (pending == null && backoff.failures() > 0) {
                // A retry is scheduled; callers hear at once instead of piling up behind an authority that is away.
                return CompletableFuture.failedFuture(
                        new CredentialsException("no certificate for " + identity + ": " + lastFailure));
            }
            return request();
        }

        synchronized boolean isValid() {
            WorkloadCertificate certificate = held;
            return certificate != null && certificate.lifetime().isValidAt(clock.instant());
        }

        synchronized void prefetch() {
            if (held == null && pending == null && backoff.failures() == 0) {
                var _ = request();
            }
        }

        synchronized void retire() {
            retired = true;
            cancelNext();
        }

        private synchronized CompletableFuture<WorkloadCertificate> request() {
            CompletableFuture<WorkloadCertificate> already = pending;
            if (already != null) {
                return already;
            }
            var future = new CompletableFuture<WorkloadCertificate>();
            pending = future;
            try {
                scheduler.execute(() -> send(future));
            } catch (RejectedExecutionException e) {
                pending = null;
                future.completeExceptionally(
                        new CredentialsException("no certificate for " + identity + ": this proxy shuts down", e));
            }
            return future;
        }

        private void send(CompletableFuture<WorkloadCertificate> future) {
            if (!requests.tryAcquire()) {
                var _ = scheduler.schedule(() -> send(future), 20, TimeUnit.MILLISECONDS);
                return;
            }
            ask().whenComplete((certificate, failure) -> {
                requests.release();
                if (failure != null) {
                    failed(failure.getCause() instanceof CredentialsException cause ? cause : failure, future);
                } else if (certificate.lifetime().isValidAt(clock.instant())) {
                    succeeded(certificate, future);
                } else {
                    failed(notValidNow(certificate), future);
                }
            });
        }

        /** A source that throws has failed like any other; the permit and the callers must not be lost with it. */
        private CompletionStage<WorkloadCertificate> ask() {
            try {
                return source.request(identity);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private CredentialsException notValidNow(WorkloadCertificate certificate) {
            return new CredentialsException("the authority's certificate is valid from "
                    + certificate.lifetime().notBefore() + " to "
                    + certificate.lifetime().notAfter() + ", which is not now (" + clock.instant()
                    + "); check this node's clock");
        }

        private void succeeded(WorkloadCertificate certificate, CompletableFuture<WorkloadCertificate> future) {
            meter.increment(Counter.CERTIFICATE_REQUESTS, "issued");
            LOG.info(
                    "certificate received\tidentity={} serial={} expires={}",
                    identity,
                    certificate.leaf().getSerialNumber().toString(16),
                    certificate.lifetime().notAfter());
            synchronized (this) {
                held = certificate;
                pending = null;
                backoff = RenewalBackoff.NONE;
                later(untilRenewal(certificate));
            }
            future.complete(certificate);
        }

        private Duration untilRenewal(WorkloadCertificate certificate) {
            Duration due =
                    Duration.between(clock.instant(), certificate.lifetime().renewAt());
            return due.compareTo(RENEWAL_PAUSE_MIN) < 0 ? RENEWAL_PAUSE_MIN : due;
        }

        private void failed(Throwable failure, CompletableFuture<WorkloadCertificate> future) {
            meter.increment(Counter.CERTIFICATE_REQUESTS, "failed");
            Duration pause;
            synchronized (this) {
                pending = null;
                backoff = backoff.afterFailure();
                lastFailure = String.valueOf(failure.getMessage());
                pause = backoff.pause(random);
                later(pause);
            }
            LOG.warn(
                    "no certificate, will ask again\tidentity={} in={}ms cause=\"{}\"",
                    identity,
                    pause.toMillis(),
                    failure.getMessage());
            future.completeExceptionally(
                    new CredentialsException("no certificate for " + identity + ": " + failure.getMessage(), failure));
        }

        private void later(Duration pause) {
            // One wake-up at most: a certificate that a caller had to ask for must not add a second series of renewals.
            cancelNext();
            if (!retired && !scheduler.isShutdown()) {
                next = scheduler.schedule(this::renew, pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private void cancelNext() {
            ScheduledFuture<?> scheduled = next;
            if (scheduled != null) {
                scheduled.cancel(false);
            }
            next = null;
        }

        private synchronized void renew() {
            if (!retired) {
                var _ = request();
            }
        }
    }
}

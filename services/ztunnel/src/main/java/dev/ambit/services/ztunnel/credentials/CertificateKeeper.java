package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.Credentials;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import dev.ambit.services.ztunnel.credentials.RequestQueue.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one certificate per identity of this node: fetched when first needed (or before), renewed at half its life,
 * retried with back-off, and used until its very end when the certificate authority is away. A connection's request goes
 * before a new pod's, and that before a renewal.
 */
public final class CertificateKeeper implements Credentials {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    /** Requests under way at once, Istio's ztunnel's figure: a node full of pods must not flood the authority. */
    static final int REQUESTS_MAX = 8;

    /** Certificates waiting to be fetched ahead, Istio's figure; what is more is fetched when a connection needs it. */
    static final int PREFETCHES_MAX = 256;

    private final CertificateSource source;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ScheduledExecutorService scheduler;
    private final Meter meter;
    private final List<Consumer<WorkloadCertificate>> observers = new CopyOnWriteArrayList<>();
    private final ConcurrentHashMap<SpiffeId, HeldCertificate> held = new ConcurrentHashMap<>();
    private final Map<SpiffeId, HeldCertificate> forgottenUnderWay = new HashMap<>();
    private final RequestQueue queue = new RequestQueue();
    private int underWay;
    private @Nullable ScheduledFuture<?> wakeUp;

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
        HeldCertificate known = held.get(identity);
        Optional<WorkloadCertificate> valid = known == null ? Optional.empty() : known.validAt(clock.instant());
        return valid.isPresent() ? CompletableFuture.completedFuture(valid.get()) : wanted(identity);
    }

    private synchronized CompletionStage<WorkloadCertificate> wanted(SpiffeId identity) {
        HeldCertificate entry = entry(identity);
        Optional<WorkloadCertificate> valid = entry.validAt(clock.instant());
        if (valid.isPresent()) {
            return CompletableFuture.completedFuture(valid.get());
        }
        if (entry.isFailing()) {
            // A retry is scheduled; callers hear at once instead of piling up behind an authority that is away.
            return CompletableFuture.failedFuture(entry.unavailable());
        }
        CompletableFuture<WorkloadCertificate> answer = entry.caller();
        want(entry, RequestPriority.REAL_TIME);
        return answer.copy();
    }

    /** Calls the observer with every certificate that arrives, on a thread of the keeper's. */
    public void observe(Consumer<WorkloadCertificate> observer) {
        observers.add(observer);
    }

    /** How many identities have a valid certificate. */
    public int held() {
        Instant now = clock.instant();
        return (int) held.values().stream()
                .filter(entry -> entry.validAt(now).isPresent())
                .count();
    }

    /** How things stand with every identity, in the order of their names. */
    public synchronized List<CertificateStatus> statuses() {
        Instant now = clock.instant();
        return held.values().stream()
                .map(entry -> entry.status(now))
                .sorted(Comparator.comparing(status -> status.identity().toString()))
                .toList();
    }

    /** Fetches what is missing for these identities and forgets all others for which nobody waits. */
    public synchronized void keepOnly(Set<SpiffeId> identities) {
        int dropped = 0;
        for (SpiffeId identity : identities) {
            HeldCertificate known = held.get(identity);
            if (known == null && queue.waiting(RequestPriority.WARMUP) >= PREFETCHES_MAX) {
                dropped++;
            } else if (known == null || known.isNew()) {
                want(entry(identity), RequestPriority.WARMUP);
            }
        }
        if (dropped > 0) {
            meter.add(Counter.PREFETCHES_DROPPED, dropped);
            LOG.warn("more new identities than are fetched ahead, the rest on demand\tidentities={}", dropped);
        }
        held.values().removeIf(entry -> !identities.contains(entry.identity()) && forget(entry));
        wakeUpForNext();
    }

    /** A request that is under way when its identity is forgotten is taken up again if the identity comes back. */
    private HeldCertificate entry(SpiffeId identity) {
        return held.computeIfAbsent(identity, own -> {
            HeldCertificate again = forgottenUnderWay.remove(own);
            if (again == null) {
                return new HeldCertificate(own);
            }
            again.rememberAgain();
            return again;
        });
    }

    private boolean forget(HeldCertificate entry) {
        if (entry.hasCallers()) {
            return false;
        }
        LOG.info("certificate forgotten, no pod of this node needs it\tidentity={}", entry.identity());
        entry.forget();
        queue.remove(entry.identity());
        if (entry.isUnderWay()) {
            forgottenUnderWay.put(entry.identity(), entry);
        }
        return true;
    }

    private void want(HeldCertificate entry, RequestPriority priority) {
        if (!entry.isUnderWay()) {
            queue.offer(entry.identity(), priority, clock.instant());
            sendWhatIsDue();
        }
    }

    /** Sends as many requests as may be under way, and sees to it that the next one is sent in its time. */
    private synchronized void sendWhatIsDue() {
        while (underWay < REQUESTS_MAX) {
            Optional<Request> next = queue.poll(clock.instant());
            HeldCertificate entry =
                    next.map(request -> held.get(request.identity())).orElse(null);
            if (next.isEmpty()) {
                break;
            }
            if (entry != null) {
                send(entry);
            }
        }
        wakeUpForNext();
    }

    private void wakeUpForNext() {
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
        Optional<Request> next = queue.first();
        if (next.isPresent() && underWay < REQUESTS_MAX && !scheduler.isShutdown()) {
            Duration pause = Duration.between(clock.instant(), next.get().due());
            wakeUp = scheduler.schedule(
                    this::sendWhatIsDue, Math.max(0, pause.plusNanos(999_999).toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private void send(HeldCertificate entry) {
        underWay++;
        entry.begin();
        try {
            scheduler.execute(() -> ask(entry.identity()).whenComplete((certificate, failure) -> {
                if (failure == null) {
                    received(entry, certificate);
                } else {
                    failed(entry, failure.getCause() instanceof CredentialsException own ? own : failure);
                }
            }));
        } catch (RejectedExecutionException closed) {
            failed(entry, new CredentialsException("this proxy shuts down", closed));
        }
    }

    /** A source that throws has failed like any other; the permit and the callers must not be lost with it. */
    private CompletionStage<WorkloadCertificate> ask(SpiffeId identity) {
        try {
            return source.request(identity);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void received(HeldCertificate entry, WorkloadCertificate certificate) {
        Instant now = clock.instant();
        if (!certificate.lifetime().isValidAt(now)) {
            failed(
                    entry,
                    new CredentialsException("the authority's certificate is valid from "
                            + certificate.lifetime().notBefore() + " to "
                            + certificate.lifetime().notAfter() + ", which is not now (" + now
                            + "); check this node's clock"));
            return;
        }
        meter.increment(Counter.CERTIFICATE_REQUESTS, "issued");
        LOG.info(
                "certificate received\tidentity={} serial={} expires={}",
                entry.identity(),
                certificate.leaf().getSerialNumber().toString(16),
                certificate.lifetime().notAfter());
        CompletableFuture<WorkloadCertificate> callers;
        synchronized (this) {
            over(entry, entry.succeeded(certificate, now));
            callers = entry.takeCallers();
        }
        callers.complete(certificate);
        observers.forEach(observer -> observer.accept(certificate));
    }

    private void failed(HeldCertificate entry, Throwable failure) {
        meter.increment(Counter.CERTIFICATE_REQUESTS, "failed");
        Instant now = clock.instant();
        CompletableFuture<WorkloadCertificate> callers;
        synchronized (this) {
            Instant retry = entry.failed(String.valueOf(failure.getMessage()), now, random);
            LOG.warn(
                    "no new certificate, will ask again\tidentity={} in={}ms held={} cause=\"{}\"",
                    entry.identity(),
                    Duration.between(now, retry).toMillis(),
                    entry.validAt(now).isPresent(),
                    failure.getMessage());
            over(entry, retry);
            callers = entry.takeCallers();
        }
        var told = new CredentialsException(
                "no certificate for " + entry.identity() + ": " + failure.getMessage(), failure);
        entry.validAt(now).ifPresentOrElse(callers::complete, () -> callers.completeExceptionally(told));
    }

    private void over(HeldCertificate entry, Instant next) {
        underWay--;
        if (entry.isForgotten()) {
            forgottenUnderWay.remove(entry.identity());
        } else {
            queue.offer(entry.identity(), RequestPriority.BACKGROUND, next);
        }
        sendWhatIsDue();
    }
}

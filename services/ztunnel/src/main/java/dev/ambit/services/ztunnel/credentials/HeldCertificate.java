package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.RenewalBackoff;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the keeper knows about one identity. Guarded by the keeper, but for {@link #validAt}. */
final class HeldCertificate {
    /** No certificate is renewed sooner than this after it came, however short its life. */
    private static final Duration RENEWAL_PAUSE_MIN = Duration.ofSeconds(1);

    private final SpiffeId identity;
    private volatile @Nullable WorkloadCertificate certificate;
    private @Nullable CompletableFuture<WorkloadCertificate> callers;
    private RenewalBackoff backoff = RenewalBackoff.NONE;
    private String lastFailure = "";
    private boolean underWay;
    private boolean forgotten;

    HeldCertificate(SpiffeId identity) {
        this.identity = identity;
    }

    SpiffeId identity() {
        return identity;
    }

    Optional<WorkloadCertificate> validAt(Instant now) {
        WorkloadCertificate known = certificate;
        return known != null && known.lifetime().isValidAt(now) ? Optional.of(known) : Optional.empty();
    }

    boolean isNew() {
        return certificate == null && !underWay && backoff.failures() == 0;
    }

    /** Whether the last request failed and the next one is not on its way: whoever asks hears why, at once. */
    boolean isFailing() {
        return !underWay && backoff.failures() > 0;
    }

    boolean isUnderWay() {
        return underWay;
    }

    boolean isForgotten() {
        return forgotten;
    }

    void forget() {
        forgotten = true;
    }

    void rememberAgain() {
        forgotten = false;
    }

    void begin() {
        underWay = true;
    }

    boolean hasCallers() {
        return callers != null;
    }

    /** Completes with the answer to the request that waits or is under way. */
    CompletableFuture<WorkloadCertificate> caller() {
        CompletableFuture<WorkloadCertificate> known = callers;
        if (known == null) {
            known = new CompletableFuture<>();
            callers = known;
        }
        return known;
    }

    /** Those who wait, no longer kept here: to be told without a lock. */
    CompletableFuture<WorkloadCertificate> takeCallers() {
        CompletableFuture<WorkloadCertificate> known = caller();
        callers = null;
        return known;
    }

    /** Returns when to renew. */
    Instant succeeded(WorkloadCertificate fresh, Instant now) {
        underWay = false;
        certificate = fresh;
        backoff = RenewalBackoff.NONE;
        Instant soonest = now.plus(RENEWAL_PAUSE_MIN);
        Instant half = fresh.lifetime().renewAt();
        return half.isBefore(soonest) ? soonest : half;
    }

    /** Returns when to try again: not later than what is held expires. */
    Instant failed(String why, Instant now, RandomGenerator random) {
        underWay = false;
        backoff = backoff.afterFailure();
        lastFailure = why;
        Instant retry = now.plus(backoff.pause(random));
        return validAt(now)
                .map(valid -> valid.lifetime().notAfter())
                .filter(expiry -> expiry.isBefore(retry))
                .orElse(retry);
    }

    /** Why there is no valid certificate. */
    CredentialsException unavailable() {
        WorkloadCertificate known = certificate;
        String expired = known == null
                ? ""
                : "the last one expired at " + known.lifetime().notAfter() + " and could not be renewed: ";
        return new CredentialsException("no certificate for " + identity + ": " + expired + lastFailure);
    }

    CertificateStatus status(Instant now) {
        Optional<WorkloadCertificate> valid = validAt(now);
        if (valid.isPresent()) {
            return new CertificateStatus.Available(identity, valid.get());
        }
        return backoff.failures() == 0
                ? new CertificateStatus.Initializing(identity)
                : new CertificateStatus.Unavailable(
                        identity, String.valueOf(unavailable().getMessage()));
    }
}

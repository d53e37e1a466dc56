package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.issuing.Circuit;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.TrustBundle;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps an authority that is away or slow from taking its callers along: what fails again and again is left alone for a
 * while ({@link Circuit}), and only so many callers wait for it at a time. Those turned away hear so at once, and ask again.
 */
public final class GuardedAuthority implements CertificateAuthority {

    /** More would fill the threads that discovery needs too. */
    static final int WAITING_MAX = 64;

    private final CertificateAuthority authority;
    private final InstantSource clock;
    private final AtomicReference<Circuit> circuit = new AtomicReference<>(Circuit.CLOSED);
    private final Semaphore places = new Semaphore(WAITING_MAX);

    public GuardedAuthority(CertificateAuthority authority, InstantSource clock) {
        this.authority = authority;
        this.clock = clock;
    }

    @Override
    public SigningResult sign(SigningRequest request) {
        if (!places.tryAcquire()) {
            throw new CertificateAuthorityException(
                    WAITING_MAX + " requests wait for the certificate authority already; ask again");
        }
        try {
            enter();
            return asked(request);
        } finally {
            places.release();
        }
    }

    private SigningResult asked(SigningRequest request) {
        try {
            SigningResult result = authority.sign(request);
            circuit.set(Circuit.CLOSED);
            return result;
        } catch (RuntimeException e) {
            circuit.updateAndGet(now -> now.failed(clock.instant()));
            throw e;
        }
    }

    private void enter() {
        Instant now = clock.instant();
        Circuit before = circuit.getAndUpdate(seen -> seen.lets(now) ? seen.asked(now) : seen);
        if (!before.lets(now)) {
            throw new CertificateAuthorityException(
                    before.failures() + " requests in a row have failed, the next is tried at " + before.nextAttempt()
                            + ": " + authority.impediment().orElse("it seems to work again"));
        }
    }

    @Override
    public TrustBundle trustBundle() {
        return authority.trustBundle();
    }

    @Override
    public Optional<String> impediment() {
        return authority.impediment();
    }
}

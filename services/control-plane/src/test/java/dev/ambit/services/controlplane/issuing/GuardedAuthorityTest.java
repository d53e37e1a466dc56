package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Circuit;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.ports.ca.TrustBundle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class GuardedAuthorityTest {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SigningRequest REQUEST = request();

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
    private final Backend backend = new Backend();
    private final GuardedAuthority guarded = new GuardedAuthority(backend, now::get);

    /** Works, fails or hangs as a test wishes. */
    private static final class Backend implements CertificateAuthority {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile boolean away;
        private volatile CountDownLatch answers = new CountDownLatch(0);

        @Override
        public SigningResult sign(SigningRequest request) {
            asked.incrementAndGet();
            try {
                answers.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (away) {
                throw new CertificateAuthorityException("sealed");
            }
            return new SigningResult.Rejected("fine");
        }

        @Override
        public TrustBundle trustBundle() {
            return new TrustBundle("roots", "");
        }

        @Override
        public Optional<String> impediment() {
            return away ? Optional.of("sealed") : Optional.empty();
        }
    }

    private static SigningRequest request() {
        var request = SigningRequests.ec("secp256r1");
        return new SigningRequest(request.pem(), request.keys().getPublic(), CART, Duration.ofHours(1));
    }

    private void failToOpen() {
        backend.away = true;
        for (int i = 0; i < Circuit.FAILURES_TO_OPEN; i++) {
            assertThatThrownBy(() -> guarded.sign(REQUEST)).hasMessage("sealed");
        }
    }

    @Test
    void whatFailsAgainAndAgainIsLeftAlone() {
        failToOpen();

        assertThatThrownBy(() -> guarded.sign(REQUEST))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining("next is tried at 2026-11-21T10:00:01Z")
                .hasMessageContaining("sealed");
        assertThat(backend.asked).hasValue(Circuit.FAILURES_TO_OPEN);
        assertThat(guarded.trustBundle().rootsPem()).isEqualTo("roots");
    }

    @Test
    void afterThePauseItIsTriedAgainAndASuccessEndsIt() {
        failToOpen();
        now.updateAndGet(instant -> instant.plus(Circuit.PAUSE_FIRST));
        backend.away = false;

        assertThat(guarded.sign(REQUEST)).isInstanceOf(SigningResult.Rejected.class);
        assertThat(guarded.sign(REQUEST)).isInstanceOf(SigningResult.Rejected.class);
    }

    @Test
    void aSlowAuthorityHoldsOnlySoManyCallers() throws Exception {
        backend.answers = new CountDownLatch(1);
        var running = new ArrayList<Future<?>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < GuardedAuthority.WAITING_MAX; i++) {
                running.add(threads.submit(() -> guarded.sign(REQUEST)));
            }
            while (backend.asked.get() < GuardedAuthority.WAITING_MAX) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> guarded.sign(REQUEST)).hasMessageContaining("wait for the certificate authority");
            backend.answers.countDown();
            for (Future<?> one : running) {
                one.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(guarded.sign(REQUEST)).isInstanceOf(SigningResult.Rejected.class);
    }
}

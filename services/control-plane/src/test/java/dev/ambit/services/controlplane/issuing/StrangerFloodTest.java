package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.issuing.StrangerPlaces;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateIssuing.Answer;
import dev.ambit.ports.ca.CertificateIssuing.Request;
import dev.ambit.ports.ca.SigningRequestReading;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Made-up tokens by the hundred, while whoever could tell them from good ones takes his time. */
@Timeout(60)
class StrangerFloodTest {
    private static final PublicKey KEY = SigningRequests.ec("secp256r1").keys().getPublic();
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final Caller CALLER = new Caller(CART, "cart-0", "uid-0", "n1");
    private static final PodRecord POD = new PodRecord(new PodRef("uid-0", "shop", "cart-0", "cart"), CART, "n1");
    private static final String KNOWN = "known";
    private static final String SEEN = "seen before";

    private final CountDownLatch reviewed = new CountDownLatch(1);
    private final List<Future<Answer>> waiting = new ArrayList<>();
    private final Semaphore asked = new Semaphore(0);
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
    private final IssueCertificates issuing = new IssueCertificates(
            new SlowReview(),
            () -> new NodeCheck(Set.of(), List.of(POD)),
            _ -> new SigningRequestReading.Reading.Read(IssueCertificatesTest.facts(true, List.of()), KEY),
            new ValidityRule(Duration.ofHours(2), Duration.ofHours(12)),
            new Quick(),
            CallerRates.usual(() -> 0),
            telemetry);

    /** Knows one token by heart, is quick about one that it has seen before, and reviews every other one for as long as the test likes. */
    private final class SlowReview implements CallerAuthentication {
        @Override
        public Result authenticate(String bearerToken) {
            if (wasAccepted(bearerToken)) {
                return new Result.Authenticated(CALLER);
            }
            asked.release();
            try {
                reviewed.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return bearerToken.equals("new") ? new Result.Authenticated(CALLER) : new Result.Rejected("made up");
        }

        @Override
        public boolean wasAccepted(String bearerToken) {
            return bearerToken.equals(SEEN);
        }

        @Override
        public Optional<Result> known(String bearerToken) {
            return bearerToken.equals(KNOWN) ? Optional.of(new Result.Authenticated(CALLER)) : Optional.empty();
        }
    }

    private static final class Quick implements CertificateAuthority {
        @Override
        public SigningResult sign(SigningRequest request) {
            return new SigningResult.Signed(List.of("leaf"), "roots", "1", Instant.parse("2030-01-01T00:00:00Z"));
        }

        @Override
        public TrustBundle trustBundle() {
            return new TrustBundle("roots", "");
        }

        @Override
        public Optional<String> impediment() {
            return Optional.empty();
        }
    }

    @BeforeEach
    void listen() {
        audit.start();
        ((Logger) LoggerFactory.getLogger("audit")).addAppender(audit);
    }

    @AfterEach
    void answer() throws InterruptedException, ExecutionException {
        reviewed.countDown();
        for (Future<Answer> each : waiting) {
            each.get();
        }
        ((Logger) LoggerFactory.getLogger("audit")).detachAppender(audit);
    }

    private Answer ask(String token, String peer) {
        return issuing.issue(new Request(token, List.of(), "csr", Duration.ofHours(1), Optional.empty(), peer));
    }

    private List<Future<Answer>> meanwhile(String token, String peer, int times) {
        var questions = new ArrayList<Future<Answer>>();
        for (int i = 0; i < times; i++) {
            var task = new FutureTask<>(() -> ask(token, peer));
            Thread.ofVirtual().start(task);
            questions.add(task);
        }
        waiting.addAll(questions);
        return questions;
    }

    @Test
    void oneAddressDoesNotTakeThePlacesOfOtherStrangers() throws InterruptedException, ExecutionException {
        int each = StrangerPlaces.USUAL.eachMax();
        List<Future<Answer>> flood = meanwhile("made up", "10.0.0.66", each);
        asked.acquire(each);

        assertThat(ask("made up", "10.0.0.66")).isEqualTo(new Answer.TooMany());
        List<Future<Answer>> other = meanwhile("new", "10.0.0.7", 1);
        asked.acquire();
        assertThat(telemetry.measured(Gauge.STRANGERS)).isEqualTo(each + 1);
        reviewed.countDown();

        assertThat(other.getFirst().get()).isInstanceOf(Answer.Issued.class);
        for (Future<Answer> one : flood) {
            assertThat(one.get()).isEqualTo(new Answer.Unauthenticated());
        }
        assertThat(telemetry.measured(Gauge.STRANGERS)).isZero();
    }

    @Test
    void whoeverIsKnownFindsRoomWhateverStrangersDo() throws InterruptedException {
        int all = StrangerPlaces.USUAL.allMax();
        for (int taken = 0; taken < all; taken += StrangerPlaces.USUAL.eachMax()) {
            meanwhile("made up", "10.0.1." + taken, StrangerPlaces.USUAL.eachMax());
        }
        asked.acquire(all);

        for (int i = 0; i < 1_000; i++) {
            assertThat(ask("made up", "10.0.2." + i)).isEqualTo(new Answer.TooMany());
        }
        assertThat(ask(KNOWN, "10.0.0.7")).isInstanceOf(Answer.Issued.class);
        assertThat(ask(SEEN, "10.0.0.8")).isInstanceOf(Answer.Issued.class);
        assertThat(telemetry.counted(Counter.CERTIFICATES_ISSUED, "strangers")).isEqualTo(1_000);
        assertThat(audit.list.stream()
                        .map(ILoggingEvent::getFormattedMessage)
                        .filter(line -> line.contains("outcome=strangers")))
                .as("lines of those turned away")
                .hasSizeBetween(1, 5)
                .first()
                .asString()
                .contains("peer=\"10.0.2.0\"", "count=1", "256 requests wait");
    }
}

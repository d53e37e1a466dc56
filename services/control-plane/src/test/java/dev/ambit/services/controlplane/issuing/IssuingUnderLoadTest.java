package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.TokenBucket;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.issuing.RequestFacts;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateIssuing.Answer;
import dev.ambit.ports.ca.CertificateIssuing.Request;
import dev.ambit.ports.ca.SigningRequestReading;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An authority that does not answer, and callers that ask all the same. */
@Timeout(60)
class IssuingUnderLoadTest {
    private static final int CALLERS = 20;
    private static final PublicKey KEY = SigningRequests.ec("secp256r1").keys().getPublic();

    private final CountDownLatch answered = new CountDownLatch(1);
    private final Semaphore entered = new Semaphore(0);
    private final List<PodRecord> pods =
            IntStream.range(0, CALLERS).mapToObj(IssuingUnderLoadTest::pod).toList();
    private final IssueCertificates issuing = new IssueCertificates(
            token -> new CallerAuthentication.Result.Authenticated(caller(Integer.parseInt(token))),
            () -> new NodeCheck(Set.of(), pods),
            _ -> new SigningRequestReading.Reading.Read(facts(), KEY),
            new ValidityRule(Duration.ofHours(2), Duration.ofHours(12)),
            new Silent(),
            new CallerRates(new TokenBucket(10_000, 10_000), new TokenBucket(10_000, 10_000), () -> 0),
            new RecordingTelemetry());

    private static SpiffeId identity(int number) {
        return SpiffeId.of("spiffe://cluster.local/ns/shop/sa/pod-" + number);
    }

    private static PodRecord pod(int number) {
        return new PodRecord(
                new PodRef("uid-" + number, "shop", "pod-" + number, "pod-" + number), identity(number), "n1");
    }

    private static Caller caller(int number) {
        return new Caller(identity(number), "pod-" + number, "uid-" + number, "n1");
    }

    private static RequestFacts facts() {
        return IssueCertificatesTest.facts(true, List.of());
    }

    /** Signs nothing before it is allowed to. */
    private final class Silent implements CertificateAuthority {
        @Override
        public SigningResult sign(SigningRequest request) {
            entered.release();
            try {
                answered.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
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

    private Answer ask(int caller) {
        return issuing.issue(new Request(
                Integer.toString(caller), List.of(), "csr", Duration.ofHours(1), Optional.empty(), "10.0.0.1"));
    }

    private List<Future<Answer>> askMeanwhile(int caller, int times) {
        var asked = new ArrayList<Future<Answer>>();
        for (int i = 0; i < times; i++) {
            Callable<Answer> question = () -> ask(caller);
            var task = new FutureTask<>(question);
            Thread.ofVirtual().start(task);
            asked.add(task);
        }
        return asked;
    }

    @Test
    void oneCallerDoesNotTakeThePlacesOfAll() throws InterruptedException, ExecutionException {
        List<Future<Answer>> flood = askMeanwhile(0, CallersUnderWay.EACH_MAX);
        entered.acquire(CallersUnderWay.EACH_MAX);

        Answer beyond = ask(0);
        List<Future<Answer>> other = askMeanwhile(1, 1);
        entered.acquire();
        answered.countDown();

        assertThat(beyond).isEqualTo(new Answer.TooMany());
        assertThat(other.getFirst().get()).isInstanceOf(Answer.Issued.class);
        for (Future<Answer> each : flood) {
            assertThat(each.get()).isInstanceOf(Answer.Issued.class);
        }
        assertThat(ask(0)).as("its places are free again").isInstanceOf(Answer.Issued.class);
    }

    @Test
    void allTogetherHaveSoManyAndNoMore() throws InterruptedException, ExecutionException {
        int all = 512;
        var asked = new ArrayList<Future<Answer>>();
        for (int caller = 0; asked.size() < all; caller++) {
            asked.addAll(askMeanwhile(caller, CallersUnderWay.EACH_MAX));
        }
        entered.acquire(all);

        Answer beyond = ask(CALLERS - 1);
        answered.countDown();

        assertThat(beyond).isEqualTo(new Answer.TooMany());
        for (Future<Answer> each : asked) {
            assertThat(each.get()).isInstanceOf(Answer.Issued.class);
        }
        assertThat(ask(CALLERS - 1)).isInstanceOf(Answer.Issued.class);
    }
}

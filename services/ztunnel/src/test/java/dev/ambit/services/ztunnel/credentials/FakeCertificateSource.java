package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Answers when, and what, the test says. */
final class FakeCertificateSource implements CertificateSource {
    private final TestPki pki = new TestPki();
    private final InstantSource clock;
    private final List<Request> requests = new ArrayList<>();
    private boolean throwing;

    private record Request(SpiffeId identity, CompletableFuture<WorkloadCertificate> answer) {}

    FakeCertificateSource(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public CompletionStage<WorkloadCertificate> request(SpiffeId identity) {
        var answer = new CompletableFuture<WorkloadCertificate>();
        requests.add(new Request(identity, answer));
        if (throwing) {
            throw new IllegalStateException("the source is broken");
        }
        return answer;
    }

    void throwFromNowOn() {
        throwing = true;
    }

    int requests() {
        return requests.size();
    }

    /** Whom for, in order. */
    List<SpiffeId> asked() {
        return requests.stream().map(Request::identity).toList();
    }

    /** Answers the newest request with a certificate that begins now. */
    WorkloadCertificate issue(Duration validity) {
        return issue(requests.size() - 1, Duration.ZERO, validity);
    }

    WorkloadCertificate issue(int request, Duration begins, Duration validity) {
        Request asked = requests.get(request);
        WorkloadCertificate certificate =
                pki.issue(asked.identity(), clock.instant().plus(begins), validity);
        asked.answer().complete(certificate);
        return certificate;
    }

    /** Fails the newest request. */
    void fail(String why) {
        requests.getLast().answer().completeExceptionally(new CredentialsException(why));
    }

    @Override
    public void close() {}
}

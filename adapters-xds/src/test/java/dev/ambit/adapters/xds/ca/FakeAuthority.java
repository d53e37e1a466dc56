package dev.ambit.adapters.xds.ca;

import dev.ambit.adapters.xds.channel.TestCertificates;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateIssuing;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Signs what it is told to sign, or misbehaves. */
final class FakeAuthority implements CertificateIssuing {
    static final String TOKEN = "good-token";

    /** What goes wrong. */
    enum Fault {
        NOTHING,
        REFUSES,
        OTHER_IDENTITY,
        OTHER_KEY,
        GARBAGE,
        NO_ROOT
    }

    private final TestCertificates certificates;
    private final Fault fault;

    FakeAuthority(TestCertificates certificates, Fault fault) {
        this.certificates = certificates;
        this.fault = fault;
    }

    @Override
    public Answer issue(Request request) {
        if (fault == Fault.REFUSES || !request.bearerToken().equals(TOKEN)) {
            return new Answer.Unauthenticated();
        }
        String asked = request.impersonated().orElse("spiffe://cluster.local/ns/a/sa/caller");
        String identity = fault == Fault.OTHER_IDENTITY ? "spiffe://cluster.local/ns/a/sa/other" : asked;
        PublicKey key = fault == Fault.OTHER_KEY
                ? TestCertificates.keyPair().getPublic()
                : TestCertificates.keyOf(request.csrPem());
        X509Certificate leaf = certificates.workload(key, identity);
        String leafPem = fault == Fault.GARBAGE ? "no certificate" : TestCertificates.pem(leaf);
        List<String> chain =
                fault == Fault.NO_ROOT ? List.of(leafPem) : List.of(leafPem, TestCertificates.pem(certificates.root()));
        return new Answer.Issued(SpiffeId.of(identity), chain);
    }
}

package dev.ambit.adapters.istiodca;

import dev.ambit.domain.issuing.ServerNames;
import dev.ambit.ports.ca.CertificateAuthority.SigningRequest;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.ServerCertificates.ServerCertificate;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Leaves under a signer: how long they live, what is in them, and the chain that goes with them. */
final class LeafSigning {

    private final IstiodCaOptions options;
    private final InstantSource clock;
    private final CertificateIssuer issuer = new CertificateIssuer();

    /**
     * What signs, and what peers need to get from there to a root.
     *
     * @param above the CA's own certificate and those above it, each signed by the next, without the root; empty if the CA is
     *     the root
     */
    record Signer(SigningRoot authority, List<X509Certificate> above, X509Certificate root) {
        /** Nothing below it can be verified later than this. */
        Instant notAfter() {
            return Stream.concat(Stream.of(authority.certificate(), root), above.stream())
                    .map(each -> each.getNotAfter().toInstant())
                    .min(Instant::compareTo)
                    .orElseThrow();
        }
    }

    LeafSigning(IstiodCaOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** A new root that signs for itself. */
    SigningRoot newRoot() {
        return issuer.root(
                options.trustDomain().name(),
                new CertificateIssuer.Period(now().minus(options.backdating()), now().plus(options.rootLifetime())));
    }

    /** Why this request is not for us, whoever signs. */
    Optional<SigningResult> rejected(SigningRequest request) {
        return request.identity().trustDomain().equals(options.trustDomain())
                ? Optional.empty()
                : Optional.of(new SigningResult.Rejected(
                        "identity " + request.identity() + " is not in trust domain " + options.trustDomain()));
    }

    /** What was asked for within the bounds, and never beyond the signer: a leaf that outlives it cannot be verified. */
    CertificateIssuer.Period period(Signer signer, Duration validity) {
        Instant now = now();
        requireLive(signer, now);
        Duration wanted = validity.compareTo(options.validityMax()) > 0 ? options.validityMax() : validity;
        Instant notAfter = now.plus(wanted);
        return new CertificateIssuer.Period(
                now.minus(options.backdating()), notAfter.isAfter(signer.notAfter()) ? signer.notAfter() : notAfter);
    }

    void requireLive(Signer signer, Instant now) {
        if (!now.isBefore(signer.notAfter())) {
            throw new CertificateAuthorityException("the certificate authority's certificate "
                    + signer.authority().certificate().getSubjectX500Principal() + ", or one above it, expired at "
                    + signer.notAfter() + "; replace ca-cert.pem and ca-key.pem, or remove both for a new root");
        }
    }

    SigningResult.Signed sign(Signer signer, String rootsPem, SigningRequest request, CertificateIssuer.Period period) {
        var names = new GeneralNames(new GeneralName(
                GeneralName.uniformResourceIdentifier, request.identity().toString()));
        X509Certificate leaf = issuer.leaf(signer.authority(), request.key(), names, period);
        var chain = new ArrayList<>(List.of(Pem.encode(leaf)));
        signer.above().forEach(each -> chain.add(Pem.encode(each)));
        return new SigningResult.Signed(
                chain,
                rootsPem,
                leaf.getSerialNumber().toString(16),
                leaf.getNotAfter().toInstant());
    }

    ServerCertificate server(Signer signer, List<String> names, Duration validity) {
        var known = ServerNames.of(names);
        var subject = new GeneralNames(Stream.concat(
                        known.dnsNames().stream().map(name -> new GeneralName(GeneralName.dNSName, name)),
                        known.addresses().stream().map(name -> new GeneralName(GeneralName.iPAddress, name)))
                .toArray(GeneralName[]::new));
        KeyPair pair = SigningKey.generateP256();
        var chain = new ArrayList<X509Certificate>();
        chain.add(issuer.leaf(signer.authority(), pair.getPublic(), subject, period(signer, validity)));
        chain.addAll(signer.above());
        return new ServerCertificate(pair.getPrivate(), chain);
    }
}

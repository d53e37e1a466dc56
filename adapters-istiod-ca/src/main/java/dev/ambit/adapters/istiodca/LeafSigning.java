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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/** Leaves under a signer: how long they live, what is in them, and the chain that goes with them. */
final class LeafSigning {

    private final IstiodCaOptions options;
    private final InstantSource clock;
    private final CertificateIssuer issuer = new CertificateIssuer();
    private volatile @Nullable String trouble;

    /** All that a leaf needs besides what was asked for. */
    record Ready(Signer signer, String rootsPem, CertificateIssuer.Period period) {}

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

    /**
     * Signs, unless the request is not for us whoever signs.
     *
     * @param ready asked only if it is; what it throws is an impediment until the next leaf
     */
    SigningResult sign(SigningRequest request, Supplier<Ready> ready) {
        if (!request.identity().trustDomain().equals(options.trustDomain())) {
            return new SigningResult.Rejected(
                    "identity " + request.identity() + " is not in trust domain " + options.trustDomain());
        }
        try {
            SigningResult signed = sign(request, ready.get());
            trouble = null;
            return signed;
        } catch (CertificateAuthorityException e) {
            trouble = e.getMessage();
            throw e;
        }
    }

    /** Why the last leaf was not signed; empty if it was. */
    Optional<String> impediment() {
        return Optional.ofNullable(trouble);
    }

    /** At most as long as anything may live. */
    Duration bounded(Duration validity) {
        return validity.compareTo(options.validityMax()) > 0 ? options.validityMax() : validity;
    }

    /** What was asked for within the bounds, and never beyond the signer: a leaf that outlives it cannot be verified. */
    CertificateIssuer.Period period(Signer signer, Duration validity) {
        Instant now = now();
        requireLive(signer, now);
        Instant notAfter = now.plus(bounded(validity));
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

    private SigningResult.Signed sign(SigningRequest request, Ready ready) {
        var names = new GeneralNames(new GeneralName(
                GeneralName.uniformResourceIdentifier, request.identity().toString()));
        X509Certificate leaf = issuer.leaf(ready.signer().authority(), request.key(), names, ready.period());
        var chain = new ArrayList<>(List.of(Pem.encode(leaf)));
        ready.signer().above().forEach(each -> chain.add(Pem.encode(each)));
        return new SigningResult.Signed(
                chain,
                ready.rootsPem(),
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

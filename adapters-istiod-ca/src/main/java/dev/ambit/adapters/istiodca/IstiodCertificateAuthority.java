package dev.ambit.adapters.istiodca;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The built-in authority: one self-signed root, kept in a folder laid out like Istio's secret {@code istio-ca-secret}, so
 * that a root of istiod's can be dropped in.
 *
 * <p>A root created here is EC P-256, where istiod's is RSA 2048: every peer of an ambient mesh verifies both, and signing
 * with P-256 costs a tenth. A damaged folder stops {@link #open}; it is never overwritten, because a new root cuts off every
 * workload that trusts the old one.
 */
public final class IstiodCertificateAuthority implements CertificateAuthority {
    private static final int NAMES_MAX = 100;
    private static final int NAME_LENGTH_MAX = 253;
    private static final Pattern DNS_NAME = Pattern.compile(
            "(\\*\\.)?[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*");

    private final Root root;
    private final String rootPem;
    private final IstiodCaOptions options;
    private final InstantSource clock;
    private final CertificateIssuer issuer;

    private IstiodCertificateAuthority(
            Root root, IstiodCaOptions options, InstantSource clock, CertificateIssuer issuer) {
        this.root = root;
        this.rootPem = pem(root.certificate());
        this.options = options;
        this.clock = clock;
        this.issuer = issuer;
    }

    /**
     * Loads the root in a folder, or creates one if the folder has none. One process per folder.
     *
     * @throws CertificateAuthorityException if the files are damaged, do not belong together, have expired, or cannot be
     *     read or written; the message names the file and the way out
     */
    public static IstiodCertificateAuthority open(Path folder, IstiodCaOptions options, InstantSource clock) {
        var issuer = new CertificateIssuer();
        var files = new RootFolder(folder);
        if (files.isEmpty()) {
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            files.save(issuer.root(
                    options.trustDomain().name(),
                    new CertificateIssuer.Period(now.minus(options.backdating()), now.plus(options.rootLifetime()))));
        }
        var authority = new IstiodCertificateAuthority(files.load(), options, clock, issuer);
        authority.requireLiveRoot(clock.instant());
        return authority;
    }

    @Override
    public SigningResult sign(SigningRequest request) {
        SpiffeId identity = request.identity();
        if (!identity.trustDomain().equals(options.trustDomain())) {
            return new SigningResult.Rejected(
                    "identity " + identity + " is not in trust domain " + options.trustDomain());
        }
        return switch (RequestCheck.check(request.csrPem(), identity)) {
            case CheckedRequest.Unsound(String why) -> new SigningResult.Rejected(why);
            case CheckedRequest.Sound(PublicKey key) -> signed(key, identity, request.validity());
        };
    }

    private SigningResult signed(PublicKey key, SpiffeId identity, Duration validity) {
        var names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, identity.toString()));
        X509Certificate leaf = issuer.leaf(root, key, names, period(validity));
        return new SigningResult.Signed(
                List.of(pem(leaf)),
                rootPem,
                leaf.getSerialNumber().toString(16),
                leaf.getNotAfter().toInstant());
    }

    @Override
    public String rootsPem() {
        return rootPem;
    }

    /**
     * A fresh P-256 key and a certificate for a TLS server of the control plane itself.
     *
     * @param names 1 to 100 DNS names (a leading {@code *.} is allowed) or IP addresses
     * @param validity as in a {@link CertificateAuthority.SigningRequest}
     * @throws IllegalArgumentException if a name is neither
     */
    public ServingCertificate servingCertificate(List<String> names, Duration validity) {
        if (names.isEmpty() || names.size() > NAMES_MAX) {
            throw new IllegalArgumentException(
                    "a serving certificate has 1 to " + NAMES_MAX + " names, not " + names.size());
        }
        var subject = new GeneralNames(
                names.stream().map(IstiodCertificateAuthority::servingName).toArray(GeneralName[]::new));
        KeyPair pair = SigningKey.generateP256();
        X509Certificate leaf = issuer.leaf(root, pair.getPublic(), subject, period(validity));
        return new ServingCertificate(
                Pem.encode(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded()), List.of(pem(leaf)));
    }

    private static GeneralName servingName(String name) {
        if (IpAddress.parse(name).isPresent()) {
            return new GeneralName(GeneralName.iPAddress, name);
        }
        if (name.length() > NAME_LENGTH_MAX || !DNS_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("neither a DNS name nor an IP address: '" + name + "'");
        }
        return new GeneralName(GeneralName.dNSName, name);
    }

    /** What was asked for within the bounds, and never beyond the root: a leaf that outlives it cannot be verified. */
    private CertificateIssuer.Period period(Duration validity) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        requireLiveRoot(now);
        Duration wanted = validity.isPositive() ? validity : options.validityDefault();
        // Compared before it is added: a wish may be as long as the age of the universe.
        Duration granted = wanted.compareTo(options.validityMax()) > 0 ? options.validityMax() : wanted;
        Instant notAfter = now.plus(granted);
        Instant rootEnd = root.certificate().getNotAfter().toInstant();
        return new CertificateIssuer.Period(
                now.minus(options.backdating()), notAfter.isAfter(rootEnd) ? rootEnd : notAfter);
    }

    private void requireLiveRoot(Instant now) {
        Instant end = root.certificate().getNotAfter().toInstant();
        if (!now.isBefore(end)) {
            throw new CertificateAuthorityException(
                    "root certificate " + root.certificate().getSubjectX500Principal() + " expired at " + end
                            + "; replace ca-cert.pem and ca-key.pem, or remove both for a new root");
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return Pem.encode(Pem.CERTIFICATE, certificate.getEncoded());
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException("a certificate that was read can be written", impossible);
        }
    }
}

package dev.ambit.adapters.istiodca;

import dev.ambit.adapters.istiodca.LeafSigning.Signer;
import dev.ambit.ports.ca.CertificateAuthorityException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an operator plugged in: Istio's names ({@code ca-cert.pem}, {@code ca-key.pem}, {@code cert-chain.pem},
 * {@code root-cert.pem}, {@code ca-crl.pem}) or those of a Kubernetes TLS Secret ({@code tls.crt}, {@code tls.key},
 * {@code ca.crt}), as cert-manager writes it.
 *
 * @param signer the CA and the certificates between it and its root
 * @param roots everything that is to be trusted
 * @param revocations PEM, checked; empty if there are none
 */
record PluggedInFiles(Signer signer, List<X509Certificate> roots, String revocations) {
    private static final int ABOVE_MAX = 10;
    static final String WAY_OUT = "see Istio's 'plug in CA certificates' for what each file must hold";

    PluggedInFiles {
        roots = List.copyOf(roots);
    }

    /**
     * Reads them, and proves that what they sign can be verified.
     *
     * @throws CertificateAuthorityException if they are damaged, incomplete or do not belong together
     */
    static PluggedInFiles read(String place, Map<String, String> texts, Instant now) {
        var files = new Documents(place, texts, WAY_OUT);
        boolean tls = files.has("tls.crt");
        SigningRoot authority;
        List<X509Certificate> chain;
        List<X509Certificate> roots = files.certificates(tls ? "ca.crt" : "root-cert.pem");
        if (tls) {
            chain = files.certificates("tls.crt");
            var first = Map.of("tls.crt", Pem.encode(chain.getFirst()), "tls.key", texts.getOrDefault("tls.key", ""));
            authority = new Documents(place, first, WAY_OUT).pair("tls.crt", "tls.key");
        } else {
            authority = files.pair("ca-cert.pem", "ca-key.pem");
            chain = files.has("cert-chain.pem") ? files.certificates("cert-chain.pem") : List.of();
        }
        Signer signer = path(files, tls ? "tls.crt" : "cert-chain.pem", authority, chain, roots);
        verify(files, tls ? "ca.crt" : "root-cert.pem", signer, now);
        return new PluggedInFiles(signer, List.copyOf(new LinkedHashSet<>(roots)), revocations(files, chain, roots));
    }

    /** From the CA upward by issuer's name until a trusted root, whatever else is in the files and in which order. */
    private static Signer path(
            Documents files,
            String name,
            SigningRoot authority,
            List<X509Certificate> chain,
            List<X509Certificate> roots) {
        var above = new ArrayList<X509Certificate>();
        X509Certificate at = authority.certificate();
        while (!roots.contains(at)) {
            above.add(at);
            X509Certificate below = at;
            at = Stream.concat(roots.stream(), chain.stream())
                    .filter(candidate -> !above.contains(candidate) && signed(candidate, below))
                    .findFirst()
                    .orElse(null);
            if (at == null || above.size() > ABOVE_MAX) {
                throw files.damaged(
                        name,
                        "no certificate of the chain leads from " + below.getSubjectX500Principal()
                                + " to a root that is trusted");
            }
        }
        return new Signer(authority, above, at);
    }

    private static boolean signed(X509Certificate issuer, X509Certificate subject) {
        if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
            return false;
        }
        try {
            subject.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /** As a peer does it: path lengths, name constraints and validity of everything above a leaf. */
    private static void verify(Documents files, String name, Signer signer, Instant now) {
        if (signer.above().isEmpty()) {
            return;
        }
        try {
            var parameters = new PKIXParameters(Set.of(new TrustAnchor(signer.root(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(signer.above()), parameters);
        } catch (GeneralSecurityException e) {
            throw files.damaged(name, "peers could not verify the chain: " + e.getMessage());
        }
    }

    /** Lists that nobody here signed would be ignored by everybody; better to say so at once. */
    private static String revocations(Documents files, List<X509Certificate> chain, List<X509Certificate> roots) {
        if (!files.has("ca-crl.pem")) {
            return "";
        }
        for (X509CRL list : files.revocationLists("ca-crl.pem")) {
            boolean ours = Stream.concat(roots.stream(), chain.stream()).anyMatch(issuer -> {
                try {
                    list.verify(issuer.getPublicKey());
                    return true;
                } catch (GeneralSecurityException _) {
                    return false;
                }
            });
            if (!ours) {
                throw files.damaged(
                        "ca-crl.pem", "no certificate here signed the list of " + list.getIssuerX500Principal());
            }
        }
        return files.texts().getOrDefault("ca-crl.pem", "");
    }
}

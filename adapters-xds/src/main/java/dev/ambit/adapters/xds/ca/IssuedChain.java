package dev.ambit.adapters.xds.ca;

import dev.ambit.adapters.xds.channel.PemCertificates;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks what a certificate authority answered before anybody trusts it. */
final class IssuedChain {
    private static final Logger LOG = LoggerFactory.getLogger(IssuedChain.class);
    private static final int ELEMENTS_MAX = 20;
    private static final int SAN_URI = 6;

    /**
     * @param chainPem leaf, intermediates, and last all roots in one text
     * @throws CredentialsException if this is not a usable certificate of exactly this identity and key
     */
    static WorkloadCertificate check(SpiffeId identity, KeyPair keys, List<String> chainPem) {
        if (chainPem.size() < 2 || chainPem.size() > ELEMENTS_MAX) {
            throw refused(
                    identity,
                    "a chain of " + chainPem.size() + " elements, expected leaf and root at least and " + ELEMENTS_MAX
                            + " at most");
        }
        var chain = new ArrayList<X509Certificate>();
        for (String pem : chainPem.subList(0, chainPem.size() - 1)) {
            PemCertificates.Parsed element = PemCertificates.parse(pem);
            if (element.certificates().isEmpty() || element.unreadable() > 0) {
                throw refused(identity, "element " + chain.size() + " of the chain is not a readable certificate");
            }
            chain.addAll(element.certificates());
        }
        PemCertificates.Parsed roots = PemCertificates.parse(chainPem.getLast());
        if (roots.unreadable() > 0) {
            LOG.warn("skipped unreadable roots\tidentity={} count={}", identity, roots.unreadable());
        }
        if (roots.certificates().isEmpty()) {
            throw refused(identity, "no readable root certificate");
        }
        X509Certificate leaf = chain.getFirst();
        String uri = firstUri(identity, leaf);
        if (!uri.equals(identity.toString())) {
            throw refused(identity, "the certificate is for '" + uri + "'");
        }
        if (!leaf.getPublicKey().equals(keys.getPublic())) {
            throw refused(identity, "the certificate is for another key");
        }
        return new WorkloadCertificate(identity, keys.getPrivate(), chain, roots.certificates());
    }

    private static String firstUri(SpiffeId identity, X509Certificate leaf) {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if ((Integer) name.get(0) == SAN_URI) {
                        return (String) name.get(1);
                    }
                }
            }
            return "";
        } catch (CertificateParsingException e) {
            throw new CredentialsException("certificate of " + identity + ": its names are not readable", e);
        }
    }

    private static CredentialsException refused(SpiffeId identity, String why) {
        return new CredentialsException("the certificate authority's answer for " + identity + " is refused: " + why);
    }

    private IssuedChain() {}
}

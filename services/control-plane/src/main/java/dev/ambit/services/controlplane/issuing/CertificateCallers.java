package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Who shows a certificate of this mesh, to have it renewed: the identity in it and nobody else. It is bound to no pod, so it
 * asks on behalf of nobody.
 */
public final class CertificateCallers {
    private static final int URI_NAME = 6;

    /**
     * Reads a chain that TLS has verified.
     *
     * @param revocationsPem lists of revoked certificates; empty if there are none
     */
    public static Result authenticate(List<X509Certificate> chain, String revocationsPem) {
        try {
            for (CRL list : lists(revocationsPem)) {
                for (X509Certificate each : chain) {
                    if (list.isRevoked(each)) {
                        return new Result.Rejected(
                                "client certificate: " + each.getSubjectX500Principal() + " with serial number "
                                        + each.getSerialNumber().toString(16) + " is revoked");
                    }
                }
            }
            List<String> uris = uris(chain.getFirst());
            if (uris.size() != 1) {
                return new Result.Rejected("client certificate: it has " + uris.size() + " URI names, expected one");
            }
            return switch (SpiffeId.parse(uris.getFirst())) {
                case SpiffeId.Parsed.Valid(SpiffeId identity) ->
                    new Result.Authenticated(new Caller(identity, "", "", ""));
                case SpiffeId.Parsed.Malformed(String text, String why) ->
                    new Result.Rejected("client certificate: '" + text + "' is no identity: " + why);
            };
        } catch (CertificateException | CRLException e) {
            return new Result.Rejected(
                    "client certificate: it, or a revocation list, cannot be read: " + e.getMessage());
        }
    }

    private static Collection<? extends CRL> lists(String pem) throws CertificateException, CRLException {
        return pem.isEmpty()
                ? List.of()
                : CertificateFactory.getInstance("X.509")
                        .generateCRLs(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static List<String> uris(X509Certificate leaf) throws CertificateParsingException {
        var uris = new ArrayList<String>();
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        if (names != null) {
            for (List<?> name : names) {
                if ((Integer) name.get(0) == URI_NAME) {
                    uris.add((String) name.get(1));
                }
            }
        }
        return uris;
    }

    private CertificateCallers() {}
}

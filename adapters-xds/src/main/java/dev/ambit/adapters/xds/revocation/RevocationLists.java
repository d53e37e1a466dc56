package dev.ambit.adapters.xds.revocation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

/** Revocation lists (RFC 5280, section 5) by the name of their issuer. Immutable. */
final class RevocationLists {
    static final RevocationLists NONE = new RevocationLists(Map.of());

    private static final String PEM_BEGIN = "-----BEGIN";
    private static final String LIST_BEGIN = "-----BEGIN X509 CRL-----";
    private static final Pattern LIST = Pattern.compile(LIST_BEGIN + "([^-]*)-----END X509 CRL-----");
    private static final String DELTA_INDICATOR = "2.5.29.27";

    private final Map<X500Principal, List<X509CRL>> byIssuer;

    private RevocationLists(Map<X500Principal, List<X509CRL>> byIssuer) {
        this.byIssuer = byIssuer;
    }

    /**
     * Reads PEM with any number of lists among other blocks, or one list in DER. Nothing but space is no list.
     *
     * @throws IOException if there is anything that cannot be used, whole: half of a revocation is none
     */
    static RevocationLists parse(byte[] content) throws IOException {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (text.isBlank()) {
            return NONE;
        }
        Map<X500Principal, List<X509CRL>> lists = new HashMap<>();
        for (byte[] der : text.contains(PEM_BEGIN) ? blocks(text) : List.of(content)) {
            X509CRL list = list(der);
            lists.computeIfAbsent(list.getIssuerX500Principal(), _ -> new ArrayList<>())
                    .add(list);
        }
        return new RevocationLists(lists);
    }

    private static List<byte[]> blocks(String pem) throws IOException {
        var blocks = new ArrayList<byte[]>();
        Matcher matcher = LIST.matcher(pem);
        while (matcher.find()) {
            try {
                blocks.add(Base64.getMimeDecoder().decode(matcher.group(1)));
            } catch (IllegalArgumentException e) {
                throw new IOException("list " + (blocks.size() + 1) + " is not base64: " + e.getMessage(), e);
            }
        }
        int begun = pem.split(LIST_BEGIN, -1).length - 1;
        if (begun != blocks.size()) {
            throw new IOException(begun + " lists begin and " + blocks.size() + " are whole");
        }
        return blocks;
    }

    private static X509CRL list(byte[] der) throws IOException {
        try {
            var list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
            if (list.getExtensionValue(DELTA_INDICATOR) != null) {
                throw new IOException("list of " + list.getIssuerX500Principal() + " is a delta; give whole lists");
            }
            if (list.hasUnsupportedCriticalExtension()) {
                throw new IOException("list of " + list.getIssuerX500Principal()
                        + " has a critical extension that is not known here: " + list.getCriticalExtensionOIDs());
            }
            return list;
        } catch (GeneralSecurityException e) {
            throw new IOException("not a revocation list: " + e.getMessage(), e);
        }
    }

    int count() {
        return byIssuer.values().stream().mapToInt(List::size).sum();
    }

    int certificates() {
        return byIssuer.values().stream()
                .flatMap(List::stream)
                .mapToInt(list -> Optional.ofNullable(list.getRevokedCertificates())
                        .map(java.util.Set::size)
                        .orElse(0))
                .sum();
    }

    /**
     * Whether a list revokes this certificate and one of these has signed that list. After a change of keys there are
     * several authorities of one name, and each speaks for its own certificates only.
     */
    boolean revoke(X509Certificate certificate, List<X509Certificate> authorities) {
        X500Principal issuer = certificate.getIssuerX500Principal();
        return byIssuer.getOrDefault(issuer, List.of()).stream()
                .filter(list -> list.getRevokedCertificate(certificate.getSerialNumber()) != null)
                .anyMatch(list -> authorities.stream()
                        .filter(authority -> authority.getSubjectX500Principal().equals(issuer))
                        .anyMatch(authority -> isSignedBy(list, authority)));
    }

    private static boolean isSignedBy(X509CRL list, X509Certificate authority) {
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException another) {
            return false;
        }
    }
}

package dev.ambit.adapters.xds.channel;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates in PEM (RFC 7468). */
public final class PemCertificates {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

    /** What a text holds: certificates, and how many blocks were not readable as one. */
    public record Parsed(List<X509Certificate> certificates, int unreadable) {
        public Parsed {
            certificates = List.copyOf(certificates);
        }
    }

    public static Parsed parse(String pem) {
        var certificates = new ArrayList<X509Certificate>();
        int unreadable = 0;
        Matcher blocks = BLOCK.matcher(pem);
        while (blocks.find()) {
            try {
                certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(blocks.group().getBytes(StandardCharsets.US_ASCII))));
            } catch (CertificateException _) {
                unreadable++;
            }
        }
        return new Parsed(certificates, unreadable);
    }

    private PemCertificates() {}
}

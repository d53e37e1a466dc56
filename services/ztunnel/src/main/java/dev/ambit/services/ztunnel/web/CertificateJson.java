package dev.ambit.services.ztunnel.web;

import dev.ambit.ports.credentials.WorkloadCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Certificates as Istio's config dump has them. A private key has no way in: only the public parts are read. */
final class CertificateJson {
    private static final int PEM_LINE_LENGTH = 64;

    /**
     * One identity.
     *
     * @param state {@code Available}, {@code Initializing} or {@code Unavailable: } with the reason
     */
    static Map<String, Object> of(String identity, String state, Optional<WorkloadCertificate> certificate) {
        var json = new MeshDump.Fields();
        json.put("identity", identity);
        json.put("state", state);
        json.put("certChain", certificates(certificate.map(WorkloadCertificate::chain)));
        json.put("rootCerts", certificates(certificate.map(WorkloadCertificate::roots)));
        return json.json();
    }

    private static List<Map<String, Object>> certificates(Optional<List<X509Certificate>> certificates) {
        return certificates.orElse(List.of()).stream().map(CertificateJson::one).toList();
    }

    private static Map<String, Object> one(X509Certificate certificate) {
        var json = new MeshDump.Fields();
        json.put("pem", Base64.getEncoder().encodeToString(pem(certificate).getBytes(StandardCharsets.US_ASCII)));
        json.put("serialNumber", certificate.getSerialNumber().toString());
        json.put(
                "validFrom",
                certificate
                        .getNotBefore()
                        .toInstant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        json.put(
                "expirationTime",
                certificate
                        .getNotAfter()
                        .toInstant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        return json.json();
    }

    private static String pem(X509Certificate certificate) {
        try {
            String body =
                    Base64.getMimeEncoder(PEM_LINE_LENGTH, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was parsed cannot be encoded", e);
        }
    }

    private CertificateJson() {}
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.credentials.CertificateKeeper;
import dev.ambit.services.ztunnel.credentials.CertificateStatus;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** How things stand with the certificate of each identity of this node. */
@Singleton
final class CertificatesSection implements DumpSection {
    private final CertificateKeeper certificates;

    CertificatesSection(CertificateKeeper certificates) {
        this.certificates = certificates;
    }

    @Override
    public String key() {
        return "certificates";
    }

    @Override
    public Object value() {
        return certificates.statuses().stream()
                .sorted(Comparator.comparing(status -> status.identity().toString()))
                .map(CertificatesSection::one)
                .toList();
    }

    private static Map<String, Object> one(CertificateStatus status) {
        String identity = status.identity().toString();
        return switch (status) {
            case CertificateStatus.Initializing _ -> CertificateJson.of(identity, "Initializing", Optional.empty());
            case CertificateStatus.Available available ->
                CertificateJson.of(identity, "Available", Optional.of(available.certificate()));
            case CertificateStatus.Unavailable unavailable ->
                CertificateJson.of(identity, "Unavailable: " + unavailable.error(), Optional.empty());
        };
    }
}

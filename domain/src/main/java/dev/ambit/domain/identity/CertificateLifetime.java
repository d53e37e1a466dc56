package dev.ambit.domain.identity;

import java.time.Duration;
import java.time.Instant;

/** The validity of a certificate (RFC 5280, section 4.1.2.5) and when to renew it. */
public record CertificateLifetime(Instant notBefore, Instant notAfter) {
    public CertificateLifetime {
        if (!notAfter.isAfter(notBefore)) {
            throw new IllegalArgumentException(
                    "certificate ends (" + notAfter + ") before it begins (" + notBefore + ")");
        }
    }

    /** Half of the lifetime, as Istio's ztunnel does: leaves the other half for a certificate authority to recover. */
    public Instant renewAt() {
        return notBefore.plus(Duration.between(notBefore, notAfter).dividedBy(2));
    }

    public boolean isValidAt(Instant now) {
        return !now.isBefore(notBefore) && now.isBefore(notAfter);
    }

    public boolean isDueAt(Instant now) {
        return !now.isBefore(renewAt());
    }
}

package dev.ambit.services.ztunnel.credentials;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.WorkloadCertificate;

/** How things stand with the certificate of one identity; the names are those of Istio's config dump. */
public sealed interface CertificateStatus {

    SpiffeId identity();

    /** Asked for, no answer yet. */
    record Initializing(SpiffeId identity) implements CertificateStatus {}

    record Available(SpiffeId identity, WorkloadCertificate certificate) implements CertificateStatus {}

    /** There is no valid one, and the last request failed; another will be made. */
    record Unavailable(SpiffeId identity, String error) implements CertificateStatus {}
}

package dev.ambit.ports.credentials;

import dev.ambit.domain.identity.SpiffeId;
import java.util.concurrent.CompletionStage;

/** Asks the mesh's certificate authority for certificates, over whatever wire. Every request uses a fresh key. */
public interface CertificateSource extends AutoCloseable {

    /**
     * Requests a certificate on behalf of a workload of this node. Never answers with a certificate of another identity.
     * Fails with {@link CredentialsException}; does not retry.
     */
    CompletionStage<WorkloadCertificate> request(SpiffeId identity);

    @Override
    void close();
}

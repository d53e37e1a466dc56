package dev.ambit.ports.credentials;

import dev.ambit.domain.identity.SpiffeId;
import java.util.concurrent.CompletionStage;

/** The current certificate of each identity on this node. A transport asks per handshake, so renewal needs no restart. */
@FunctionalInterface
public interface Credentials {

    /**
     * Answers from memory when a valid certificate is held (the stage is already complete), else fetches one. Fails with
     * {@link CredentialsException}.
     */
    CompletionStage<WorkloadCertificate> certificate(SpiffeId identity);
}

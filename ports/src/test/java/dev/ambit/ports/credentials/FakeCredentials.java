package dev.ambit.ports.credentials;

import dev.ambit.domain.identity.SpiffeId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Certificates held in memory. Identities without one fail. */
public final class FakeCredentials implements Credentials {
    private final Map<SpiffeId, WorkloadCertificate> held = new ConcurrentHashMap<>();

    /** Holds this certificate from now on; the holder need not match the certificate, so that tests can lie. */
    public void hold(SpiffeId identity, WorkloadCertificate certificate) {
        held.put(identity, certificate);
    }

    /** Nobody issues for this identity from now on. */
    public void drop(SpiffeId identity) {
        held.remove(identity);
    }

    @Override
    public CompletionStage<WorkloadCertificate> certificate(SpiffeId identity) {
        WorkloadCertificate certificate = held.get(identity);
        return certificate == null
                ? CompletableFuture.failedFuture(new CredentialsException("nobody issues for " + identity))
                : CompletableFuture.completedFuture(certificate);
    }
}

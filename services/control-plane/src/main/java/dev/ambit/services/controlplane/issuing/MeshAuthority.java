package dev.ambit.services.controlplane.issuing;

import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.RootReplacement;
import dev.ambit.ports.ca.ServerCertificates;
import java.util.Optional;

/**
 * The certificate authority that was configured, by what it can do.
 *
 * @param replacement empty if its root is somebody else's to replace
 * @param release gives back what the authority holds outside this process
 */
public record MeshAuthority(
        CertificateAuthority authority,
        ServerCertificates servers,
        Optional<RootReplacement> replacement,
        Runnable release)
        implements AutoCloseable {

    /** One that holds nothing outside. */
    public MeshAuthority(
            CertificateAuthority authority, ServerCertificates servers, Optional<RootReplacement> replacement) {
        this(authority, servers, replacement, () -> {});
    }

    @Override
    public void close() {
        release.run();
    }
}

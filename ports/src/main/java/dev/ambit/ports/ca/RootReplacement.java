package dev.ambit.ports.ca;

import dev.ambit.domain.rotation.RootRotation;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What an authority can do that replaces its root while the mesh runs. Safe for use by several threads; may block as
 * {@link RootStorage} does.
 */
public interface RootReplacement {

    /**
     * Where the replacement stands.
     *
     * @param rotation who signs, who is trusted, and until when at least
     * @param signerNotAfter when what signs now can no longer be verified
     */
    record Status(RootRotation rotation, Instant signerNotAfter) {}

    /** From memory. */
    Status status();

    /**
     * The regular work, to be done at least once a minute: takes up what other replicas or people have stored, and goes to
     * the next stage if its time has come.
     *
     * @param distributed whether a bundle is everywhere; asked about the present {@link CertificateAuthority#trustBundle()}
     * @throws CertificateAuthorityException if what is stored cannot be used; what was read before stays in use
     */
    RootRotation.Step tend(Predicate<TrustBundle> distributed);

    /**
     * Begins.
     *
     * @throws CertificateAuthorityException if that cannot be stored
     */
    RootRotation.Step rotate();

    /**
     * Goes back to the root before.
     *
     * @throws CertificateAuthorityException if that cannot be stored
     */
    RootRotation.Step abort();
}

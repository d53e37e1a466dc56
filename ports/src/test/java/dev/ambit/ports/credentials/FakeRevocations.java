package dev.ambit.ports.credentials;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Revokes what the test says. */
public final class FakeRevocations implements Revocations {
    private final Set<X509Certificate> revoked = ConcurrentHashMap.newKeySet();
    private final List<Runnable> actions = new CopyOnWriteArrayList<>();

    public void revoke(X509Certificate certificate) {
        revoked.add(certificate);
        actions.forEach(Runnable::run);
    }

    @Override
    public Optional<RevokedCertificate> revokedIn(List<X509Certificate> chain, List<X509Certificate> roots) {
        return chain.stream()
                .filter(revoked::contains)
                .findFirst()
                .map(certificate -> new RevokedCertificate(
                        certificate.getSubjectX500Principal().getName(),
                        certificate.getSerialNumber().toString(16),
                        certificate.getIssuerX500Principal().getName()));
    }

    @Override
    public void onChange(Runnable action) {
        actions.add(action);
    }

    @Override
    public void close() {
        actions.clear();
    }
}

package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.rotation.RootId;
import dev.ambit.domain.rotation.RootRotation.Step;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link RootReplacement} does, seen from those who hold certificates. */
@Timeout(60)
public abstract class RootReplacementContract {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final Duration LIFE = Duration.ofHours(24);

    private static final Duration STEP = Duration.ofHours(3);

    private record Held(List<X509Certificate> chain, Set<TrustAnchor> trusted, Instant notAfter) {}

    private final List<Held> held = new ArrayList<>();

    protected abstract RootReplacement replacement();

    /** The same object. */
    protected abstract CertificateAuthority authority();

    protected abstract Instant now();

    protected abstract void pass(Duration time);

    /** Makes it begin: by a command, or by what its operator does instead. */
    protected abstract void begin();

    /** Makes it go back, likewise. */
    protected abstract void goBack();

    private void tend() {
        var _ = replacement().tend(_ -> true);
    }

    private RotationStage stage() {
        return replacement().status().rotation().stage();
    }

    /** A workload is given a certificate now, and keeps it to its end; all of those that live verify each other. */
    private void issue() throws GeneralSecurityException {
        var signed = (SigningResult.Signed)
                authority().sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, LIFE));
        var latest = new Held(
                certificates(String.join("", signed.chainPem())),
                certificates(signed.rootsPem()).stream()
                        .map(root -> new TrustAnchor(root, null))
                        .collect(Collectors.toSet()),
                signed.notAfter());
        held.removeIf(each -> !each.notAfter.isAfter(now()));
        held.add(latest);
        for (Held other : held) {
            verify(latest, other);
            verify(other, latest);
        }
    }

    private void verify(Held shown, Held verifier) throws GeneralSecurityException {
        var parameters = new PKIXParameters(verifier.trusted);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now()));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(shown.chain), parameters);
    }

    private static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private void issueUntil(Class<? extends RotationStage> wanted) throws GeneralSecurityException {
        for (int steps = 0; steps < 20 && !wanted.isInstance(stage()); steps++) {
            pass(STEP);
            tend();
            issue();
        }
        assertThat(stage()).isInstanceOf(wanted);
    }

    @Test
    protected void everybodyVerifiesEverybodyFromTheOldRootToTheNew() throws GeneralSecurityException {
        issue();
        RootId old = stage().signer();
        begin();
        tend();
        issue();
        assertThat(stage()).isInstanceOf(RotationStage.Distributing.class);
        assertThat(certificates(authority().trustBundle().rootsPem())).hasSize(2);

        issueUntil(RotationStage.Retiring.class);
        issueUntil(RotationStage.Steady.class);

        assertThat(stage().signer()).isNotEqualTo(old);
        assertThat(certificates(authority().trustBundle().rootsPem())).hasSize(1);
    }

    @Test
    protected void andBackFromTheMiddle() throws GeneralSecurityException {
        issue();
        RootId old = stage().signer();
        begin();
        tend();
        issueUntil(RotationStage.Retiring.class);
        issue();
        goBack();
        tend();
        issue();
        assertThat(stage().signer()).isEqualTo(old);
        assertThat(certificates(authority().trustBundle().rootsPem())).hasSize(2);

        issueUntil(RotationStage.Steady.class);

        assertThat(stage().signer()).isEqualTo(old);
    }

    @Test
    protected void whileTheNewRootIsOnlyHandedOutTheWayBackIsAtOnce() throws GeneralSecurityException {
        issue();
        RootId old = stage().signer();
        begin();
        tend();
        issue();
        goBack();
        tend();
        issue();

        assertThat(stage()).isEqualTo(new RotationStage.Steady(old));
    }

    @Test
    protected void nothingMovesBeforeTheBundleIsEverywhere() throws GeneralSecurityException {
        issue();
        begin();
        tend();
        pass(Duration.ofDays(10));

        assertThat(replacement().tend(_ -> false)).isInstanceOf(Step.Stayed.class);
        assertThat(stage()).isInstanceOf(RotationStage.Distributing.class);
        assertThat(replacement().tend(_ -> true)).isInstanceOf(Step.Moved.class);
    }

    @Test
    protected void withoutAReplacementThereIsNothingToDo() {
        assertThat(replacement().tend(_ -> true)).isInstanceOf(Step.Stayed.class);
        assertThat(replacement().abort()).isInstanceOf(Step.Stayed.class);
        assertThat(replacement().status().signerNotAfter()).isAfter(now());
    }
}

package dev.ambit.ports.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import java.security.Signature;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link CertificateSource} promises, with an authority of its own kind at the other end. */
@Timeout(30)
public abstract class CertificateSourceContract {
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId PAY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/pay");

    /** How the authority at the other end behaves. */
    protected enum Authority {
        /** Signs whatever is asked. */
        HONEST,
        /** Always refuses the caller. */
        REFUSES,
        /** Cannot be reached. */
        ABSENT,
        /** Signs for another identity than the one asked for. */
        SIGNS_FOR_ANOTHER,
        /** Signs another key than the one asked for. */
        SIGNS_ANOTHER_KEY,
        /** Answers with what is no certificate. */
        ANSWERS_GARBAGE,
        /** Leaves the root out. */
        OMITS_THE_ROOT
    }

    /** A new source whose requests go to such an authority. The suite closes it. */
    protected abstract CertificateSource source(Authority authority);

    private static WorkloadCertificate await(CompletionStage<WorkloadCertificate> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Test
    void answersWithACertificateOfTheIdentityThatItsKeyFits() throws Exception {
        try (var source = source(Authority.HONEST)) {
            WorkloadCertificate certificate = await(source.request(CART));

            assertThat(certificate.identity()).isEqualTo(CART);
            assertThat(certificate.leaf().getSubjectAlternativeNames().toString())
                    .contains(CART.toString())
                    .doesNotContain(PAY.toString());
            certificate
                    .leaf()
                    .verify(certificate.roots().getFirst().getPublicKey()); // throws unless the root signed it
            byte[] text = {1, 2, 3};
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(certificate.key());
            signer.update(text);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.leaf());
            signer.update(text);
            assertThat(signer.verify(signature)).isTrue();
        }
    }

    @Test
    void usesAFreshKeyForEveryRequest() {
        try (var source = source(Authority.HONEST)) {
            WorkloadCertificate first = await(source.request(CART));
            WorkloadCertificate second = await(source.request(CART));

            assertThat(second.leaf().getPublicKey()).isNotEqualTo(first.leaf().getPublicKey());
        }
    }

    @Test
    void keepsRequestsApart() {
        try (var source = source(Authority.HONEST)) {
            CompletionStage<WorkloadCertificate> cart = source.request(CART);
            CompletionStage<WorkloadCertificate> pay = source.request(PAY);

            assertThat(await(cart).identity()).isEqualTo(CART);
            assertThat(await(pay).identity()).isEqualTo(PAY);
        }
    }

    private void fails(Authority authority) {
        try (var source = source(authority)) {
            assertThatThrownBy(() -> await(source.request(CART)))
                    .as("authority %s", authority)
                    .hasCauseInstanceOf(CredentialsException.class)
                    .cause()
                    .hasMessageContaining(CART.toString());
        }
    }

    @Test
    void failsWhenRefused() {
        fails(Authority.REFUSES);
    }

    @Test
    void failsWhenTheAuthorityIsAway() {
        fails(Authority.ABSENT);
    }

    @Test
    void neverAnswersWithAnotherIdentity() {
        fails(Authority.SIGNS_FOR_ANOTHER);
    }

    @Test
    void neverAnswersWithAnotherKey() {
        fails(Authority.SIGNS_ANOTHER_KEY);
    }

    @Test
    void failsOnGarbage() {
        fails(Authority.ANSWERS_GARBAGE);
    }

    @Test
    void failsWithoutARoot() {
        fails(Authority.OMITS_THE_ROOT);
    }

    @Test
    void failsAfterItIsClosed() {
        CertificateSource source = source(Authority.HONEST);
        source.close();

        assertThatThrownBy(() -> await(source.request(CART))).hasCauseInstanceOf(CredentialsException.class);
    }
}

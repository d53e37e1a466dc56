package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.issuing.ServerNames;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every issuer of {@link ServerCertificates} does. */
@Timeout(60)
public abstract class ServerCertificatesContract {
    private static final Duration DAY = Duration.ofDays(1);
    private static final int DNS_NAME = 2;
    private static final int IP_NAME = 7;

    protected abstract ServerCertificates certificates();

    @Test
    protected void theCertificateIsForTheKeyAndTheNames() throws GeneralSecurityException {
        var server = certificates()
                .serverCertificate(List.of("istiod.istio-system.svc", "*.example.org", "10.0.0.1", "::1"), DAY);
        X509Certificate leaf = server.chain().getFirst();

        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(DNS_NAME, "istiod.istio-system.svc"),
                        List.of(DNS_NAME, "*.example.org"),
                        List.of(IP_NAME, "10.0.0.1"),
                        List.of(IP_NAME, "0:0:0:0:0:0:0:1"));
        assertThat(leaf.getExtendedKeyUsage()).contains("1.3.6.1.5.5.7.3.1");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(belongs(server)).isTrue();
    }

    private static boolean belongs(ServerCertificates.ServerCertificate server) throws GeneralSecurityException {
        byte[] probe = {1, 2, 3};
        var signature = Signature.getInstance(server.key() instanceof RSAKey ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(server.key());
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(server.chain().getFirst());
        signature.update(probe);
        return signature.verify(signed);
    }

    @Test
    protected void everyKeyIsFresh() {
        var one = certificates().serverCertificate(List.of("a.example"), DAY);
        var other = certificates().serverCertificate(List.of("a.example"), DAY);

        assertThat(one.chain().getFirst().getPublicKey())
                .isNotEqualTo(other.chain().getFirst().getPublicKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "-a.example", "a..example", "http://a.example", "a.example\n", "*.*.example"})
    protected void whatIsNoNameIsOurMistake(String name) {
        assertThatThrownBy(() -> certificates().serverCertificate(List.of(name), DAY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    protected void thereIsAtLeastOneNameAndNotTooMany() {
        var tooMany = Collections.nCopies(ServerNames.COUNT_MAX + 1, "a.example");

        assertThatThrownBy(() -> certificates().serverCertificate(List.of(), DAY))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> certificates().serverCertificate(tooMany, DAY))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

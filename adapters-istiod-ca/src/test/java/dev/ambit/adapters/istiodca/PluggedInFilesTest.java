package dev.ambit.adapters.istiodca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.CertificateAuthority.SigningResult;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.FakeRootStorage;
import dev.ambit.ports.ca.SigningRequests;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be plugged in, and what happens when it changes. */
@Timeout(30)
final class PluggedInFilesTest {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final Duration LIFE = Duration.ofDays(300);

    private final FakeRootStorage storage = new FakeRootStorage();
    private final TestCa root;
    private final TestCa upper;
    private final TestCa lower;
    private final Map<String, String> good;

    PluggedInFilesTest() throws Exception {
        root = TestCa.root("root");
        upper = root.below("upper", LIFE);
        lower = upper.below("lower", LIFE);
        good = Map.of(
                "ca-cert.pem", lower.pem(),
                "ca-key.pem", lower.keyPem(),
                "cert-chain.pem", lower.pem() + upper.pem() + root.pem(),
                "root-cert.pem", root.pem());
    }

    private PluggedInCertificateAuthority open() {
        return PluggedInCertificateAuthority.open(
                storage, IstiodCaOptions.defaults(TrustDomain.CLUSTER_LOCAL), InstantSource.fixed(TestCa.NOW));
    }

    private static List<String> chain(PluggedInCertificateAuthority authority) {
        var signed = (SigningResult.Signed)
                authority.sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, Duration.ofHours(1)));
        return signed.chainPem();
    }

    private Map<String, String> with(String name, String text) {
        var changed = new HashMap<>(good);
        changed.put(name, text);
        return changed;
    }

    @Test
    void theChainIsWhatPeersNeedInWhateverOrderItIsGiven() {
        storage.put(with("cert-chain.pem", root.pem() + upper.pem() + lower.pem()));

        assertThat(chain(open()).subList(1, 3)).containsExactly(lower.pem(), upper.pem());
        assertThat(open().trustBundle().rootsPem()).isEqualTo(root.pem());
    }

    @Test
    void aRootMayBePluggedInItself() {
        storage.put(Map.of("ca-cert.pem", root.pem(), "ca-key.pem", root.keyPem(), "root-cert.pem", root.pem()));

        assertThat(chain(open())).hasSize(1);
    }

    @Test
    void namesOfATlsSecretAreTaken() {
        storage.put(Map.of("tls.crt", lower.pem() + upper.pem(), "tls.key", lower.keyPem(), "ca.crt", root.pem()));

        assertThat(PluggedInCertificateAuthority.isPluggedInto(storage)).isTrue();
        assertThat(chain(open()).subList(1, 3)).containsExactly(lower.pem(), upper.pem());
    }

    @Test
    void severalRootsAreAllTrusted() throws Exception {
        TestCa another = TestCa.root("another");
        storage.put(with("root-cert.pem", root.pem() + another.pem()));

        assertThat(open().trustBundle().rootsPem()).isEqualTo(root.pem() + another.pem());
    }

    @Test
    void revocationListsAreHandedOutIfTheyAreOurs() throws Exception {
        String list = root.crlPem(upper.certificate);
        storage.put(with("ca-crl.pem", list));
        assertThat(open().trustBundle().revocationsPem()).isEqualTo(list);

        storage.put(with("ca-crl.pem", TestCa.root("other").crlPem(upper.certificate)));
        assertThatThrownBy(this::open)
                .hasMessageContaining("memory/ca-crl.pem")
                .hasMessageContaining("signed the list");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ca-key.pem     | garbage | no unencrypted PEM private key
        ca-key.pem     | other   | it is not the key of memory/ca-cert.pem
        ca-cert.pem    | both    | exactly one
        ca-cert.pem    | garbage | must hold PEM objects
        cert-chain.pem | root    | leads from CN=lower
        cert-chain.pem | garbage | must hold PEM objects
        root-cert.pem  | other   | leads from CN=root
        root-cert.pem  | garbage | must hold PEM objects
        ca-crl.pem     | garbage | must hold PEM objects X509 CRL
        """)
    void badFilesAreNamedAndTheGoodOnesStay(String file, String what, String why) throws Exception {
        storage.put(good);
        var authority = open();
        TestCa other = TestCa.root("other");
        String text = switch (what) {
            case "both" -> lower.pem() + upper.pem();
            case "root" -> root.pem();
            case "other" -> file.endsWith("key.pem") ? other.keyPem() : other.pem();
            default -> "garbage";
        };
        storage.put(with(file, text));

        assertThatThrownBy(() -> authority.tend(_ -> true))
                .isInstanceOf(CertificateAuthorityException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("memory/");
        assertThat(chain(authority).get(1)).isEqualTo(lower.pem());
        storage.put(good);
        assertThat(authority.tend(_ -> true)).isNotNull();
    }

    @Test
    void aChainThatHasExpiredIsRefused() throws Exception {
        TestCa old = root.below("old", Duration.ofSeconds(-1));
        storage.put(Map.of("ca-cert.pem", old.pem(), "ca-key.pem", old.keyPem(), "root-cert.pem", root.pem()));

        assertThatThrownBy(this::open).hasMessageContaining("could not verify the chain");
    }

    @Test
    void nothingPluggedInIsSaid() {
        assertThat(PluggedInCertificateAuthority.isPluggedInto(storage)).isFalse();
        assertThatThrownBy(this::open).hasMessageContaining("no certificates are plugged in at memory");
    }

    @Test
    void anotherIntermediateBelowTheSameRootSignsAtOnce() throws Exception {
        storage.put(good);
        var authority = open();
        TestCa next = root.below("next", LIFE);
        storage.put(Map.of("ca-cert.pem", next.pem(), "ca-key.pem", next.keyPem(), "root-cert.pem", root.pem()));

        authority.tend(_ -> true);

        assertThat(chain(authority).subList(1, 2)).containsExactly(next.pem());
        assertThat(authority.status().rotation().stage()).isInstanceOf(RotationStage.Steady.class);
    }

    @Test
    void aLeafDoesNotOutliveAnythingAboveIt() throws Exception {
        TestCa brief = root.below("brief", Duration.ofMinutes(10));
        TestCa below = brief.below("below", LIFE);
        storage.put(Map.of(
                "ca-cert.pem", below.pem(),
                "ca-key.pem", below.keyPem(),
                "cert-chain.pem", brief.pem(),
                "root-cert.pem", root.pem()));
        var signed = (SigningResult.Signed)
                open().sign(SigningRequests.ec("secp256r1").forIdentity(IDENTITY, Duration.ofHours(1)));

        assertThat(signed.notAfter()).isEqualTo(TestCa.NOW.plus(Duration.ofMinutes(10)));
    }
}

package dev.ambit.adapters.istiodca.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class TokenFolderTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path parent;

    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private StandaloneCallerAuthentication tokens;
    private TokenFolder folder;

    @BeforeEach
    void open() {
        tokens = StandaloneCallerAuthentication.open(
                parent.resolve("key.json"), "ambit", "istio-ca", TrustDomain.CLUSTER_LOCAL, () -> now);
        folder = new TokenFolder(parent.resolve("tokens"), tokens, HOUR, () -> now);
    }

    private static PodRecord pod(String name, String uid) {
        return new PodRecord(
                new PodRef(uid, "istio-system", name, "ztunnel"),
                SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel"),
                "node-a");
    }

    private Path file(String pod) {
        return parent.resolve("tokens/istio-system_" + pod + "/istio-token");
    }

    @Test
    void everyPodFindsItsOwnToken() throws IOException {
        var outcome = folder.update(List.of(pod("a", "1"), pod("b", "2")));

        assertThat(outcome).isEqualTo(new TokenFolder.Outcome(2, 0, List.of()));
        assertThat(Files.getPosixFilePermissions(file("a"))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(tokens.authenticate(Files.readString(file("b"))))
                .isInstanceOfSatisfying(
                        Result.Authenticated.class,
                        proven -> assertThat(proven.caller().podUid()).isEqualTo("2"));
    }

    @Test
    void aTokenIsRenewedBeforeEightyPercentOfItsLife() throws IOException {
        folder.update(List.of(pod("a", "1")));
        String first = Files.readString(file("a"));
        now = now.plus(folder.updateInterval().multipliedBy(6));
        assertThat(folder.update(List.of(pod("a", "1"))).written()).isZero();
        now = now.plus(folder.updateInterval());

        assertThat(folder.update(List.of(pod("a", "1"))).written()).isEqualTo(1);
        assertThat(Files.readString(file("a"))).isNotEqualTo(first);
    }

    @Test
    void aLostFileAndARecreatedPodGetANewToken() throws IOException {
        folder.update(List.of(pod("a", "1")));
        Files.delete(file("a"));
        assertThat(folder.update(List.of(pod("a", "1"))).written()).isEqualTo(1);

        assertThat(folder.update(List.of(pod("a", "2"))).written()).isEqualTo(1);
    }

    @Test
    void filesOfPodsThatAreGoneAreRemovedAlsoAfterARestart() {
        folder.update(List.of(pod("a", "1"), pod("b", "2")));
        var restarted = new TokenFolder(parent.resolve("tokens"), tokens, HOUR, () -> now);

        assertThat(restarted.update(List.of(pod("b", "2")))).isEqualTo(new TokenFolder.Outcome(1, 1, List.of()));
        assertThat(file("a").getParent()).doesNotExist();
        assertThat(file("b")).exists();
    }

    @Test
    void aPodWithABadNameHarmsNobodyElse() {
        var outcome = folder.update(List.of(pod("../../x", "1"), pod("b", "2"), pod("x".repeat(250), "3")));

        assertThat(outcome.written()).isEqualTo(1);
        assertThat(outcome.problems()).hasSize(2);
        assertThat(file("b")).exists();
    }

    @Test
    void aFolderThatCannotBeWrittenIsAProblemAndNoException() throws IOException {
        Files.writeString(parent.resolve("tokens"), "in the way");

        assertThat(folder.update(List.of(pod("a", "1"))).problems())
                .singleElement()
                .asString()
                .contains("a/istio-token");
    }
}

package dev.ambit.services.controlplane.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.istiodca.token.StandaloneCallerAuthentication;
import dev.ambit.adapters.istiodca.token.TokenFolder;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.identity.TrustDomain;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.services.controlplane.issuing.LivePods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NodeProxyFilesTest {
    private static final SpiffeId ZTUNNEL = SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel");
    private static final PodRecord PROXY =
            new PodRecord(new PodRef("uid-zt", "istio-system", "zt-1", "ztunnel"), ZTUNNEL, "n1");

    @TempDir
    private Path folder;

    private StandaloneCallerAuthentication tokens;
    private final LivePods pods = new LivePods(Set.of(new NodeProxyAccount("istio-system", "ztunnel")), Set.of());

    @BeforeEach
    void open() {
        tokens = StandaloneCallerAuthentication.open(
                folder.resolve("ca/token-key.json"),
                "https://test",
                "istio-ca",
                TrustDomain.CLUSTER_LOCAL,
                Clock.systemUTC());
    }

    private NodeProxyFiles files() {
        var tokenFolder = new TokenFolder(folder.resolve("tokens"), tokens, Duration.ofHours(12), Clock.systemUTC());
        return new NodeProxyFiles(tokenFolder, pods);
    }

    @Test
    void everyNodeProxyHasATokenThatIsItsOwn() throws IOException {
        NodeProxyFiles files = files();
        pods.accept(new MeshState(Map.of(), Map.of(), Map.of(), List.of(PROXY)));

        files.updateTokens();

        Path token = folder.resolve("tokens/istio-system_zt-1/istio-token");
        assertThat(tokens.authenticate(Files.readString(token)))
                .isInstanceOfSatisfying(CallerAuthentication.Result.Authenticated.class, it -> {
                    assertThat(it.caller().identity()).isEqualTo(ZTUNNEL);
                    assertThat(it.caller().podUid()).isEqualTo("uid-zt");
                    assertThat(it.caller().node()).isEqualTo("n1");
                });

        pods.accept(MeshState.EMPTY);
        files.updateTokens();
        assertThat(token).doesNotExist();
    }
}

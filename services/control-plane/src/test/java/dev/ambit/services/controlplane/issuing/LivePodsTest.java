package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.IssuingDecision;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.services.controlplane.issuing.LivePods.PodName;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LivePodsTest {
    private static final SpiffeId ZTUNNEL = SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel");
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final PodRecord PROXY =
            new PodRecord(new PodRef("uid-zt", "istio-system", "zt-1", "ztunnel"), ZTUNNEL, "n1");
    private static final PodRecord POD = new PodRecord(new PodRef("u1", "shop", "cart", "cart"), CART, "n1");

    private final LivePods pods = new LivePods(
            Set.of(new NodeProxyAccount("istio-system", "ztunnel")), Set.of(new PodName("legacy", "scanner")));

    private static MeshState stateOf(PodRecord... pods) {
        return new MeshState(Map.of(), Map.of(), Map.of(), List.of(pods));
    }

    private IssuingDecision askForCart() {
        return pods.nodeCheck().impersonated(new Caller(ZTUNNEL, "zt-1", "uid-zt", "n1"), CART);
    }

    @Test
    void nobodyIsLiveAtFirst() {
        assertThat(pods.callers()).isEmpty();
        assertThat(askForCart()).isInstanceOf(IssuingDecision.Refuse.class);
    }

    @Test
    void theCheckIsAlwaysOverTheLastState() {
        pods.accept(stateOf(PROXY, POD));
        assertThat(askForCart()).isEqualTo(new IssuingDecision.Issue(CART));

        pods.accept(stateOf(PROXY));
        assertThat(askForCart()).isInstanceOf(IssuingDecision.Refuse.class);
    }

    @Test
    void callersAreThePodsOfNodeProxiesAccountsAndThoseWithAProxyOfTheirOwn() {
        SpiffeId identity = SpiffeId.of("spiffe://cluster.local/ns/legacy/sa/scanner");
        var scanner = new PodRecord(new PodRef("u2", "legacy", "scanner", "scanner"), identity, "n1");
        var another = new PodRecord(new PodRef("u3", "legacy", "other", "scanner"), identity, "n1");

        pods.accept(stateOf(PROXY, POD, scanner, another));

        assertThat(pods.callers()).containsExactly(PROXY, scanner);
    }
}

package dev.ambit.domain.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.workload.PodRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class NodeCheckTest {

    private static final SpiffeId PROXY = SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel");
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId STOCK = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/stock");

    private static final PodRecord PROXY_A = pod("uid-a", "ztunnel-a", PROXY, "node-a");
    private static final PodRecord PROXY_B = pod("uid-b", "ztunnel-b", PROXY, "node-b");
    private static final PodRecord CART_ON_A = pod("uid-cart", "cart-0", CART, "node-a");
    private static final PodRecord STOCK_ON_B = pod("uid-stock", "stock-0", STOCK, "node-b");
    private static final List<PodRecord> PODS = List.of(PROXY_A, PROXY_B, CART_ON_A, STOCK_ON_B);

    private static final Caller A = new Caller(PROXY, "ztunnel-a", "uid-a", "node-a");

    private final NodeCheck check = check(PODS);

    private static NodeCheck check(List<PodRecord> pods) {
        return new NodeCheck(Set.of(new NodeProxyAccount("istio-system", "ztunnel")), pods);
    }

    private static PodRecord pod(String uid, String name, SpiffeId identity, String node) {
        return new PodRecord(new PodRef(uid, identity.namespace(), name, identity.serviceAccount()), identity, node);
    }

    private static void refused(IssuingDecision decision, String why) {
        assertThat(decision)
                .isInstanceOfSatisfying(
                        IssuingDecision.Refuse.class,
                        refuse -> assertThat(refuse.why()).contains(why));
    }

    @Test
    void nodeProxyGetsTheIdentityOfAPodOnItsNode() {
        assertThat(check.impersonated(A, CART)).isEqualTo(new IssuingDecision.Issue(CART));
    }

    @Test
    void tokenThatNamesNoNodeCountsForTheNodeOfItsPod() {
        Caller unbound = new Caller(PROXY, "ztunnel-a", "uid-a", "");

        assertThat(check.impersonated(unbound, CART)).isEqualTo(new IssuingDecision.Issue(CART));
        refused(check.impersonated(unbound, STOCK), "node-a");
    }

    @Test
    void stolenTokenOfOneNodeGetsNothingOfAnother() {
        refused(check.impersonated(A, STOCK), "no live pod on node node-a has the identity " + STOCK);
    }

    @Test
    void tokenBoundToAnotherNodeThanItsPodIsRefused() {
        Caller moved = new Caller(PROXY, "ztunnel-a", "uid-a", "node-b");

        refused(check.impersonated(moved, STOCK), "node-b");
        refused(check.impersonated(moved, CART), "node-b");
    }

    @Test
    void otherUidIsRefused() {
        refused(check.impersonated(new Caller(PROXY, "ztunnel-a", "uid-old", "node-a"), CART), "uid-old");
        refused(check.impersonated(new Caller(PROXY, "ztunnel-a", "", "node-a"), CART), "uid");
    }

    @Test
    void uidOfAnotherPodIsRefused() {
        refused(check.impersonated(new Caller(PROXY, "ztunnel-a", "uid-b", "node-a"), CART), "ztunnel-b");
        refused(check.impersonated(new Caller(PROXY, "ztunnel-a", "uid-cart", "node-a"), CART), "cart-0");
    }

    @Test
    void accountThatIsNoNodeProxyIsRefused() {
        refused(
                check.impersonated(new Caller(CART, "cart-0", "uid-cart", "node-a"), PROXY),
                "not a node proxy account");
    }

    @Test
    void accountOfTheSameNameElsewhereIsRefused() {
        SpiffeId elsewhere = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/ztunnel");
        SpiffeId foreign = SpiffeId.of("spiffe://other/ns/istio-system/sa/ztunnel");

        refused(
                check.impersonated(new Caller(elsewhere, "ztunnel-a", "uid-a", "node-a"), CART),
                "not a node proxy account");
        refused(check.impersonated(new Caller(foreign, "ztunnel-a", "uid-a", "node-a"), CART), "does not match");
    }

    @Test
    void identityOfAnotherTrustDomainIsRefused() {
        refused(check.impersonated(A, SpiffeId.of("spiffe://other/ns/shop/sa/cart")), "spiffe://other/");
    }

    @Test
    void callerWhosePodIsGoneIsRefused() {
        var left = new ArrayList<>(PODS);
        left.remove(PROXY_A);

        refused(check(left).impersonated(A, CART), "uid-a");
    }

    @Test
    void identityWhosePodIsGoneIsRefused() {
        var left = new ArrayList<>(PODS);
        left.remove(CART_ON_A);

        refused(check(left).impersonated(A, CART), CART.toString());
    }

    @Test
    void podsWithoutNodeShareNothing() {
        var unscheduled = List.of(pod("uid-a", "ztunnel-a", PROXY, ""), pod("uid-cart", "cart-0", CART, ""));

        refused(check(unscheduled).impersonated(new Caller(PROXY, "ztunnel-a", "uid-a", ""), CART), CART.toString());
    }

    @Test
    void withoutNodeProxyAccountsNobodyAsksForOthers() {
        refused(new NodeCheck(Set.of(), PODS).impersonated(A, CART), "not a node proxy account");
    }

    @Test
    void everybodyGetsTheirOwn() {
        assertThat(check.own(new Caller(CART, "cart-0", "uid-cart", "node-a")))
                .isEqualTo(new IssuingDecision.Issue(CART));
        assertThat(check.own(new Caller(CART, "cart-0", "uid-cart", ""))).isEqualTo(new IssuingDecision.Issue(CART));
    }

    @Test
    void nobodyGetsTheirOwnWhosePodIsNotWhatTheTokenSays() {
        refused(check.own(new Caller(CART, "cart-0", "uid-old", "node-a")), "uid-old");
        refused(check.own(new Caller(CART, "cart-1", "uid-cart", "node-a")), "cart-1");
        refused(check.own(new Caller(STOCK, "cart-0", "uid-cart", "node-a")), "does not match");
        refused(check.own(new Caller(CART, "cart-0", "uid-cart", "node-b")), "node-b");
    }

    @Test
    void podsComeAndGoOneByOne() {
        NodeCheck after =
                check.with(pod("uid-stock", "stock-0", STOCK, "node-a")).without("uid-cart");

        assertThat(after.impersonated(A, STOCK)).isEqualTo(new IssuingDecision.Issue(STOCK));
        refused(after.impersonated(A, CART), "node-a");
        assertThat(check.impersonated(A, CART)).isEqualTo(new IssuingDecision.Issue(CART));
    }

    @Test
    void anIdentityStaysWhileOneOfItsPodsDoes() {
        NodeCheck two = check.with(pod("uid-cart-1", "cart-1", CART, "node-a"));

        assertThat(two.without("uid-cart").impersonated(A, CART)).isEqualTo(new IssuingDecision.Issue(CART));
        refused(two.without("uid-cart").without("uid-cart-1").impersonated(A, CART), "node-a");
    }

    @Test
    void whoIsBoundToNoPodGetsItsOwnAndNobodyElses() {
        Caller machine = new Caller(CART, "", "", "");
        Caller proxy = new Caller(PROXY, "", "", "");

        assertThat(check.own(machine)).isEqualTo(new IssuingDecision.Issue(CART));
        refused(check.impersonated(proxy, CART), "no live pod has the uid");
    }
}

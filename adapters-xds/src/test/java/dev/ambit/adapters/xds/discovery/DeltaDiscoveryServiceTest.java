package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.rpc.Status;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.GatewayReference;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.FakeMeshFeed;
import io.grpc.Status.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service as a subscriber sees it on the wire. */
@Timeout(60)
class DeltaDiscoveryServiceTest {
    private static final NamespacedHostname CART = new NamespacedHostname("shop", "cart.shop.svc.cluster.local");

    private final FakeMeshFeed feed = new FakeMeshFeed();

    private final TestMesh mesh;

    DeltaDiscoveryServiceTest(@TempDir Path directory) {
        mesh = new TestMesh(feed, directory);
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    private static MeshChange upserted(String name, String ip) {
        return new MeshChange.WorkloadUpserted(Workload.builder(new WorkloadUid(name), "shop", name)
                .addresses(List.of(IpAddress.of(ip)))
                .network("net")
                .services(name.startsWith("cart") ? Map.of(CART, new PortMap(Map.of(80, 8080))) : Map.of())
                .build());
    }

    private static MeshChange removed(String name) {
        return new MeshChange.WorkloadRemoved(new WorkloadUid(name));
    }

    private static MeshChange cartService() {
        return new MeshChange.ServiceUpserted(MeshService.plain(
                CART,
                "cart",
                List.of(VirtualAddress.of(new NetworkAddress("net", IpAddress.of("10.1.0.1")))),
                List.of()));
    }

    @Test
    void answersTheFirstRequestAlsoWhenThereIsNothing() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.AUTHORIZATION));

            DeltaDiscoveryResponse response = subscriber.receive();

            assertThat(response.getTypeUrl()).isEqualTo(TypeUrl.AUTHORIZATION);
            assertThat(response.getNonce()).isNotEmpty();
            assertThat(response.getResourcesList()).isEmpty();
        }
    }

    @Test
    void servesWorkloadsAloneToWhoeverAsksForThem() {
        feed.publish(cartService(), upserted("cart-0", "10.0.0.1"));
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.WORKLOAD));

            DeltaDiscoveryResponse response = subscriber.receive();

            assertThat(RawSubscriber.names(response)).containsExactly("cart-0");
            assertThat(response.getResources(0).getResource().getTypeUrl()).isEqualTo(TypeUrl.WORKLOAD);
            assertThat(response.getResources(0).getAliasesList()).containsExactly("net/10.0.0.1");
        }
    }

    @Test
    void sendsAReconnectingProxyOnlyWhatItLacksAndTakesBackWhatIsGone() {
        feed.publish(upserted("same", "10.0.0.1"), upserted("other", "10.0.0.2"));
        String version;
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            version = subscriber.receive().getResourcesList().stream()
                    .filter(resource -> resource.getName().equals("same"))
                    .findFirst()
                    .orElseThrow()
                    .getVersion();
        }
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS)
                    .putInitialResourceVersions("same", version)
                    .putInitialResourceVersions("other", "an older one")
                    .putInitialResourceVersions("gone", "whatever"));

            DeltaDiscoveryResponse response = subscriber.receive();

            assertThat(RawSubscriber.names(response)).containsExactly("other");
            assertThat(response.getRemovedResourcesList()).containsExactly("gone");
        }
    }

    @Test
    void holdsBackUntilTheLastResponseIsAnsweredAndThenSendsTheLatestOnce() {
        try (var subscriber = mesh.subscriber();
                var other = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            DeltaDiscoveryResponse first = subscriber.receive();
            other.send(RawSubscriber.first(TypeUrl.ADDRESS));
            other.acknowledge(other.receive());

            feed.publish(upserted("a", "10.0.0.1"));
            feed.publish(upserted("a", "10.0.0.2"));
            feed.publish(upserted("b", "10.0.0.3"));
            feed.publish(removed("b"));

            assertThat(other.receive().getResourcesList()).isNotEmpty();
            assertThat(subscriber.hearsNothing()).isTrue();
            subscriber.acknowledge(first);
            DeltaDiscoveryResponse second = subscriber.receive();
            assertThat(RawSubscriber.names(second)).containsExactly("a");
            assertThat(second.getResources(0).getAliasesList()).containsExactly("net/10.0.0.2");
            // What came and went before anybody was told is not worth telling.
            assertThat(second.getRemovedResourcesList()).isSubsetOf("b");
        }
    }

    @Test
    void isNotImpressedByAnswersToNothing() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            DeltaDiscoveryResponse first = subscriber.receive();

            subscriber.send(RawSubscriber.request(TypeUrl.ADDRESS).setResponseNonce("garbage"));
            subscriber.send(RawSubscriber.request("type.googleapis.com/unknown").setResponseNonce("garbage"));
            feed.publish(upserted("a", "10.0.0.1"));

            assertThat(subscriber.hearsNothing()).isTrue();
            subscriber.acknowledge(first);
            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("a");
        }
    }

    @Test
    void goesOnAfterARejection() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            DeltaDiscoveryResponse first = subscriber.receive();
            subscriber.send(RawSubscriber.request(TypeUrl.ADDRESS)
                    .setResponseNonce(first.getNonce())
                    .setErrorDetail(Status.newBuilder().setMessage("a: bad\nb: worse")));

            feed.publish(upserted("a", "10.0.0.1"));

            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("a");
        }
    }

    @Test
    void endsASubscriberThatNeverAnswersWhileTheMeshChurns() {
        try (var subscriber = mesh.subscriber();
                var other = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            subscriber.receive();
            other.send(RawSubscriber.first(TypeUrl.ADDRESS));
            other.acknowledge(other.receive());
            for (int batch = 0; batch < 11; batch++) {
                var comings = new ArrayList<MeshChange>();
                var goings = new ArrayList<MeshChange>();
                for (int i = 0; i < 2_000; i++) {
                    comings.add(upserted("pod-" + batch + "-" + i, "10.1.0.1"));
                    goings.add(removed("pod-" + batch + "-" + i));
                }
                feed.publish(comings);
                other.acknowledge(other.receive());
                feed.publish(goings);
                other.acknowledge(other.receive());
            }

            io.grpc.Status end = subscriber.end();

            assertThat(end.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void holdsAWorkloadBackUntilThePolicyBeforeItCanBeSent() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));
            subscriber.acknowledge(subscriber.receive());
            subscriber.send(RawSubscriber.first(TypeUrl.AUTHORIZATION));
            DeltaDiscoveryResponse policies = subscriber.receive();
            var policy = new AuthorizationPolicy(
                    new PolicyName("shop", "deny"),
                    AuthorizationPolicy.Scope.WORKLOAD_SELECTOR,
                    AuthorizationPolicy.Action.DENY,
                    false,
                    List.of());

            feed.publish(upserted("a", "10.0.0.1"), new MeshChange.PolicyUpserted(policy));

            assertThat(subscriber.hearsNothing()).isTrue();
            subscriber.acknowledge(policies);
            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("shop/deny");
            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("a");
        }
    }

    @Test
    void answersNamesOneByOne() {
        feed.publish(cartService(), upserted("cart-0", "10.0.0.1"), upserted("pay-0", "10.0.0.2"));
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS)
                    .addResourceNamesSubscribe("*")
                    .addResourceNamesUnsubscribe("*"));
            DeltaDiscoveryResponse nothing = subscriber.receive();
            assertThat(nothing.getResourcesList()).isEmpty();
            subscriber.acknowledge(nothing);

            subscriber.send(RawSubscriber.request(TypeUrl.ADDRESS)
                    .addResourceNamesSubscribe("net/10.1.0.1")
                    .addResourceNamesSubscribe("net/10.9.9.9"));
            DeltaDiscoveryResponse answer = subscriber.receive();
            assertThat(RawSubscriber.names(answer)).containsExactlyInAnyOrder(CART.toString(), "cart-0");
            // The first as well: Istio's ztunnel goes on only when it hears the very name it asked for.
            assertThat(answer.getRemovedResourcesList()).containsExactlyInAnyOrder("net/10.1.0.1", "net/10.9.9.9");
            subscriber.acknowledge(answer);

            feed.publish(upserted("pay-0", "10.0.0.7"));
            assertThat(subscriber.hearsNothing()).isTrue();
            feed.publish(upserted("cart-1", "10.0.0.8"));
            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("cart-1");
        }
    }

    /** Facts on istiod, section 6: what a proxy says it has is subscribed to by that, a service with its endpoints. */
    @Test
    void goesOnAfterAReconnectionWithWhatAProxyOnDemandHas() {
        feed.publish(cartService(), upserted("cart-0", "10.0.0.1"), upserted("pay-0", "10.0.0.2"));
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS)
                    .addResourceNamesSubscribe("*")
                    .addResourceNamesUnsubscribe("*")
                    .putInitialResourceVersions(CART.toString(), "an older one")
                    .putInitialResourceVersions("net/10.0.0.2", "")
                    .putInitialResourceVersions("gone", "some"));
            DeltaDiscoveryResponse first = subscriber.receive();
            assertThat(RawSubscriber.names(first)).containsExactlyInAnyOrder(CART.toString(), "cart-0", "pay-0");
            assertThat(first.getRemovedResourcesList()).containsExactlyInAnyOrder("net/10.0.0.2", "gone");
            subscriber.acknowledge(first);

            feed.publish(upserted("cart-1", "10.0.0.8"));

            assertThat(RawSubscriber.names(subscriber.receive())).containsExactly("cart-1");
        }
    }

    /** Istio's ztunnel asks for destinations only, and refuses when it does not know the waypoint. */
    @Test
    void sendsTheWaypointWithWhatItStandsBefore() {
        var way = new NamespacedHostname("shop", "way.shop.svc.cluster.local");
        MeshService cart = ((MeshChange.ServiceUpserted) cartService()).service();
        feed.publish(
                new MeshChange.ServiceUpserted(MeshService.plain(way, "way", List.of(), List.of())),
                new MeshChange.WorkloadUpserted(Workload.builder(new WorkloadUid("way-0"), "shop", "way-0")
                        .addresses(List.of(IpAddress.of("10.0.0.5")))
                        .services(Map.of(way, new PortMap(Map.of())))
                        .build()),
                cartService());
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS).addResourceNamesSubscribe("net/10.1.0.1"));
            DeltaDiscoveryResponse before = subscriber.receive();
            assertThat(RawSubscriber.names(before)).containsExactly(CART.toString());
            subscriber.acknowledge(before);

            feed.publish(
                    new MeshChange.ServiceUpserted(cart.withWaypoint(new GatewayReference.ByHostname(way, 15_008))));

            assertThat(RawSubscriber.names(subscriber.receive()))
                    .containsExactlyInAnyOrder(CART.toString(), way.toString(), "way-0");
        }
    }

    @Test
    void refusesAWrongTokenWithoutSayingWhy() {
        try (var subscriber = new RawSubscriber(mesh.server().address(TestMesh.ROOT, "stolen", Optional.empty()))) {
            subscriber.send(RawSubscriber.first(TypeUrl.ADDRESS));

            io.grpc.Status end = subscriber.end();

            assertThat(end.getCode()).isEqualTo(Code.UNAUTHENTICATED);
            assertThat(end.getDescription()).doesNotContain("audience");
        }
    }

    @Test
    void refusesANodeOfAnotherNamespaceThanTheTokens() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.firstOf(
                    TypeUrl.ADDRESS, "ztunnel~10.0.0.9~ztunnel-1.kube-system~kube-system.svc.cluster.local"));

            assertThat(subscriber.end().getCode()).isEqualTo(Code.PERMISSION_DENIED);
        }
    }

    @Test
    void refusesANodeThatDoesNotSayWhoItIs() {
        try (var subscriber = mesh.subscriber()) {
            subscriber.send(RawSubscriber.request(TypeUrl.ADDRESS));

            assertThat(subscriber.end().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        }
    }
}

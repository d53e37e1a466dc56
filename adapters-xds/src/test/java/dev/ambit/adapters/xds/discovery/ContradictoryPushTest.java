package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.ResourceEncoder;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever one push says at once, what is in force is what the control plane is told is known. */
@Timeout(60)
class ContradictoryPushTest {
    private final KnownResources known = new KnownResources();
    private MeshView view = MeshView.EMPTY;

    private KnownResources.Push push(DeltaDiscoveryResponse.Builder response) {
        KnownResources.Push push = known.read(response.build());
        view = view.apply(push.changes());
        known.commit(response.getTypeUrl(), push);
        return push;
    }

    private static DeltaDiscoveryResponse.Builder addresses(Resource... resources) {
        return DeltaDiscoveryResponse.newBuilder().setTypeUrl(TypeUrl.ADDRESS).addAllResources(List.of(resources));
    }

    private static Resource workload(String uid, String ip) {
        return ResourceEncoder.address(Workload.builder(new WorkloadUid(uid), "shop", uid)
                .addresses(List.of(IpAddress.of(ip)))
                .build());
    }

    private static MeshService service(String namespace, String hostname) {
        return MeshService.plain(
                new NamespacedHostname(namespace, hostname),
                "s",
                List.of(VirtualAddress.of(new NetworkAddress("", IpAddress.of("10.9.0.1")))),
                List.of(new ServicePort(80, 8080, AppProtocol.TCP)));
    }

    private static AuthorizationPolicy policy(String name) {
        return new AuthorizationPolicy(
                new PolicyName("shop", name),
                AuthorizationPolicy.Scope.NAMESPACE,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of());
    }

    private static Resource garbage(String name) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion("broken")
                .setResource(Any.newBuilder()
                        .setTypeUrl(TypeUrl.ADDRESS)
                        .setValue(ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2})))
                .build();
    }

    private static NetworkAddress at(String ip) {
        return new NetworkAddress("", IpAddress.of(ip));
    }

    @Test
    void ofOneNameTwiceTheLastCounts() {
        push(addresses(workload("a", "10.0.0.1"), workload("a", "10.0.0.2")));

        assertThat(view.counts().workloads()).isEqualTo(1);
        assertThat(view.workloadAt(at("10.0.0.1"))).isEmpty();
        assertThat(view.workloadAt(at("10.0.0.2"))).isPresent();
        assertThat(known.versions(TypeUrl.ADDRESS).get("a"))
                .isEqualTo(workload("a", "10.0.0.2").getVersion());
    }

    @Test
    void whatIsSentAndTakenBackAtOnceStaysForAddressesAndPolicies() {
        push(addresses(workload("a", "10.0.0.1")));
        push(addresses(workload("a", "10.0.0.2")).addRemovedResources("a"));
        var policies = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(TypeUrl.AUTHORIZATION)
                .addResources(ResourceEncoder.authorization(policy("deny")));
        push(policies);
        push(policies.addRemovedResources("shop/deny"));

        assertThat(view.workloadAt(at("10.0.0.2"))).isPresent();
        assertThat(view.counts().policies())
                .as("a DENY that is known is in force")
                .isEqualTo(1);
        assertThat(known.versions(TypeUrl.AUTHORIZATION)).containsKey("shop/deny");
    }

    @Test
    void anAddressThatChangesItsOwnerInOnePushIsTheNewOwners() {
        push(addresses(workload("a", "10.0.0.1")));
        push(addresses(workload("b", "10.0.0.1")).addRemovedResources("a"));

        assertThat(view.workloadAt(at("10.0.0.1")).map(Workload::uid)).contains(new WorkloadUid("b"));
        assertThat(known.versions(TypeUrl.ADDRESS)).containsOnlyKeys("b");
    }

    @Test
    void twoOwnersOfOneAddressAreBothKeptAndOneGoingLeavesTheOther() {
        push(addresses(workload("a", "10.0.0.1"), workload("b", "10.0.0.1")));
        assertThat(view.workloadAt(at("10.0.0.1"))).isPresent();

        push(addresses().addRemovedResources("a"));

        assertThat(view.workloadAt(at("10.0.0.1")).map(Workload::uid)).contains(new WorkloadUid("b"));
    }

    @Test
    void twoServicesOfOneAddressAreBothKeptAndTheCallersOwnWins() {
        push(addresses(
                ResourceEncoder.address(service("a", "a.example")),
                ResourceEncoder.address(service("b", "b.example"))));

        assertThat(view.serviceAt(at("10.9.0.1"), "b").map(MeshService::namespace))
                .contains("b");
        push(addresses().addRemovedResources("b/b.example"));
        assertThat(view.serviceAt(at("10.9.0.1"), "b").map(MeshService::namespace))
                .contains("a");
    }

    @Test
    void aBadNewVersionLeavesTheOldInForceAndKnown() {
        push(addresses(workload("a", "10.0.0.1")));

        KnownResources.Push push = push(addresses(garbage("a"), workload("b", "10.0.0.2")));

        assertThat(push.problem()).startsWith("a: ");
        assertThat(view.workloadAt(at("10.0.0.1"))).isPresent();
        assertThat(known.versions(TypeUrl.ADDRESS).get("a"))
                .isEqualTo(workload("a", "10.0.0.1").getVersion());
    }

    @Test
    void afterAnyPushesViewAndKnownNamesAgree() {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            DeltaDiscoveryResponse.Builder response = addresses();
            for (int i = random.nextInt(4); i > 0; i--) {
                String name = "w" + random.nextInt(5);
                response.addResources(
                        random.nextInt(5) == 0 ? garbage(name) : workload(name, "10.0.0." + random.nextInt(5)));
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                response.addRemovedResources("w" + random.nextInt(6));
            }
            push(response);

            Set<String> names = new HashSet<>(known.versions(TypeUrl.ADDRESS).keySet());
            assertThat(view.counts().workloads()).isEqualTo(names.size());
            assertThat(names)
                    .allSatisfy(name ->
                            assertThat(view.workload(new WorkloadUid(name))).isPresent());
            var found = new ArrayList<WorkloadUid>();
            for (int ip = 0; ip < 5; ip++) {
                view.workloadAt(at("10.0.0." + ip)).ifPresent(workload -> found.add(workload.uid()));
            }
            assertThat(names).containsAll(found.stream().map(WorkloadUid::value).toList());
        }
    }
}

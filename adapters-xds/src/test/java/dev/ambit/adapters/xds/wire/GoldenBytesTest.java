package dev.ambit.adapters.xds.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Bytes put together by hand from the field numbers of Istio's protos (tag = number * 8 + wire type), so that a wrong
 * number in our own proto files cannot hide behind a round trip.
 */
class GoldenBytesTest {

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    private static Decoded<MeshChange> decode(String typeUrl, String name, String hex) {
        return ResourceDecoder.decode(Resource.newBuilder()
                .setName(name)
                .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(ByteString.copyFrom(hex(hex))))
                .build());
    }

    /** Address.workload(1): name(1)=a, namespace(2)=s, addresses(3)=10.0.0.1, tunnel_protocol(5)=HBONE, uid(20)=u. */
    private static final String WORKLOAD = "0a 14  0a0161 120173 1a040a000001 2801 6002 a2010175";

    /** Another spelling of the same, with type POD(12) where an encoder puts it and service_account(7)=a, cluster_id(18)=K. */
    private static final String WORKLOAD_WRITTEN =
            "0a 1b  0a0161 120173 1a040a000001 2801 3a0161 6002 9201014b a2010175";

    @Test
    void readsAWorkloadWithIstiosDefaults() {
        Workload expected = Workload.builder(new WorkloadUid("u"), "s", "a")
                .addresses(List.of(IpAddress.of("10.0.0.1")))
                .tunnelProtocol(TunnelProtocol.HBONE)
                .build();

        assertThat(decode(TypeUrl.ADDRESS, "u", WORKLOAD))
                .isEqualTo(new Decoded.Accepted<MeshChange>(new MeshChange.WorkloadUpserted(expected)));
        assertThat(expected.identity()).isEqualTo(SpiffeId.of("spiffe://cluster.local/ns/s/sa/default"));
        assertThat(expected.clusterId()).isEqualTo("Kubernetes");
        assertThat(expected.capacity()).isEqualTo(1);
    }

    @Test
    void writesAWorkloadWithoutTheDefaultsThatIstiodLeavesOut() {
        Workload workload = Workload.builder(new WorkloadUid("u"), "s", "a")
                .serviceAccount("a")
                .clusterId("K")
                .addresses(List.of(IpAddress.of("10.0.0.1")))
                .tunnelProtocol(TunnelProtocol.HBONE)
                .build();

        byte[] written =
                ResourceEncoder.address(workload).getResource().getValue().toByteArray();

        assertThat(HexFormat.of().formatHex(written)).isEqualTo(HexFormat.of().formatHex(hex(WORKLOAD_WRITTEN)));
    }

    /**
     * Address.service(2): namespace(2)=s, hostname(3)=h, addresses(4)={network(1)=n, address(2)=10.0.0.0, length(3)=8},
     * ports(5)={service_port(1)=80, target_port(2)=8080, app_protocol(3)=HTTP11}, canonical(11).
     */
    private static final String SERVICE =
            "12 1e  120173 1a0168 220b 0a016e 12040a000000 1808 2a07 0850 10903f 1801 5801";

    @Test
    void readsAndWritesAService() {
        MeshService expected = MeshService.plain(
                new NamespacedHostname("s", "h"),
                "",
                List.of(new VirtualAddress("n", new Cidr(IpAddress.of("10.0.0.0"), 8))),
                List.of(new ServicePort(80, 8080, AppProtocol.HTTP11)));

        assertThat(decode(TypeUrl.ADDRESS, "s/h", SERVICE))
                .isEqualTo(new Decoded.Accepted<MeshChange>(new MeshChange.ServiceUpserted(expected)));
        assertThat(ResourceEncoder.address(expected).getResource().getValue().toByteArray())
                .isEqualTo(hex(SERVICE));
    }

    /**
     * name(1)=p, namespace(2)=s, scope(3)=WORKLOAD_SELECTOR, action(4)=DENY, rules(5)={clauses(1)={matches(2)={
     * not_source_ips(6)={address(1)=10.0.0.0, length(2)=8}, destination_ports(9)=[80]}}}, dry_run(6).
     */
    private static final String POLICY = "0a0170 120173 1802 2001  2a11 0a0f 120d 3208 0a040a000000 1008 4a0150  3001";

    @Test
    void readsAndWritesAPolicy() {
        Match match = Match.EMPTY
                .withSourceIps(new Match.Blocks(List.of(), List.of(new Cidr(IpAddress.of("10.0.0.0"), 8))))
                .withDestinationPorts(new Match.PortSet(Set.of(80), Set.of()));
        var expected = new AuthorizationPolicy(
                new PolicyName("s", "p"),
                AuthorizationPolicy.Scope.WORKLOAD_SELECTOR,
                AuthorizationPolicy.Action.DENY,
                true,
                List.of(new AuthorizationPolicy.Rule(List.of(new AuthorizationPolicy.Clause(List.of(match))))));

        assertThat(decode(TypeUrl.AUTHORIZATION, "s/p", POLICY))
                .isEqualTo(new Decoded.Accepted<MeshChange>(new MeshChange.PolicyUpserted(expected)));
        assertThat(ResourceEncoder.authorization(expected)
                        .getResource()
                        .getValue()
                        .toByteArray())
                .isEqualTo(hex(POLICY));
    }
}

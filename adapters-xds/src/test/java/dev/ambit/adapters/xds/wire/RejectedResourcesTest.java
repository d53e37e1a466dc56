package dev.ambit.adapters.xds.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.proto.security.Authorization;
import dev.ambit.adapters.xds.proto.security.Clause;
import dev.ambit.adapters.xds.proto.security.Match;
import dev.ambit.adapters.xds.proto.security.Rule;
import dev.ambit.adapters.xds.proto.security.StringMatch;
import dev.ambit.adapters.xds.proto.workload.Address;
import dev.ambit.adapters.xds.proto.workload.ApplicationTunnel;
import dev.ambit.adapters.xds.proto.workload.GatewayAddress;
import dev.ambit.adapters.xds.proto.workload.LoadBalancing;
import dev.ambit.adapters.xds.proto.workload.NetworkAddress;
import dev.ambit.adapters.xds.proto.workload.Port;
import dev.ambit.adapters.xds.proto.workload.PortList;
import dev.ambit.adapters.xds.proto.workload.Service;
import dev.ambit.adapters.xds.proto.workload.TunnelProtocol;
import dev.ambit.adapters.xds.proto.workload.Workload;
import dev.ambit.domain.view.MeshChange;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a resource can be bad, and the field its rejection names. */
class RejectedResourcesTest {
    private static final ByteString FIVE_BYTES = ByteString.copyFrom(new byte[5]);
    private static final ByteString V4 = ByteString.copyFrom(new byte[] {10, 0, 0, 0});

    private static Workload.Builder workload() {
        return Workload.newBuilder().setUid("uid").setNamespace("shop").setName("cart");
    }

    private static Service.Builder service() {
        return Service.newBuilder().setNamespace("shop").setHostname("cart.local");
    }

    private static Authorization policy(Match.Builder match) {
        return Authorization.newBuilder()
                .setNamespace("shop")
                .setName("deny")
                .addRules(Rule.newBuilder().addClauses(Clause.newBuilder().addMatches(match)))
                .build();
    }

    static Stream<Arguments> workloads() {
        return Stream.of(
                arguments("workload.uid", workload().clearUid()),
                arguments("workload.namespace", workload().clearNamespace()),
                arguments("workload.trust_domain", workload().setTrustDomain("a/b")),
                arguments("workload.service_account", workload().setServiceAccount("a/b")),
                arguments("workload.name", workload().setName("n".repeat(WireLimits.TEXT_MAX + 1))),
                arguments("workload.addresses", workload().addAddresses(FIVE_BYTES)),
                arguments(
                        "workload.addresses",
                        workload().addAllAddresses(Collections.nCopies(WireLimits.WORKLOAD_ADDRESSES_MAX + 1, V4))),
                arguments("workload.tunnel_protocol", workload().setTunnelProtocolValue(9)),
                arguments("workload.tunnel_protocol", workload().setTunnelProtocol(TunnelProtocol.LEGACY_ISTIO_MTLS)),
                arguments("workload.network_mode", workload().setNetworkModeValue(9)),
                arguments("workload.workload_type", workload().setWorkloadTypeValue(9)),
                arguments("workload.status", workload().setStatusValue(9)),
                arguments(
                        "workload.application_tunnel.protocol",
                        workload()
                                .setApplicationTunnel(
                                        ApplicationTunnel.newBuilder().setProtocolValue(9))),
                arguments(
                        "workload.application_tunnel.port",
                        workload()
                                .setApplicationTunnel(
                                        ApplicationTunnel.newBuilder().setPort(70_000))),
                arguments("workload.services", workload().putServices("no-slash", PortList.getDefaultInstance())),
                arguments(
                        "workload.services.ports.service_port",
                        workload()
                                .putServices(
                                        "a/b",
                                        PortList.newBuilder()
                                                .addPorts(Port.newBuilder())
                                                .build())),
                arguments(
                        "workload.services.ports.target_port",
                        workload()
                                .putServices(
                                        "a/b",
                                        PortList.newBuilder()
                                                .addPorts(Port.newBuilder()
                                                        .setServicePort(80)
                                                        .setTargetPort(-1))
                                                .build())),
                arguments("workload.authorization_policies", workload().addAuthorizationPolicies("no-slash")),
                arguments("workload.waypoint", workload().setWaypoint(GatewayAddress.getDefaultInstance())),
                arguments(
                        "workload.network_gateway.address",
                        workload()
                                .setNetworkGateway(GatewayAddress.newBuilder()
                                        .setAddress(NetworkAddress.newBuilder().setAddress(FIVE_BYTES)))));
    }

    static Stream<Arguments> services() {
        return Stream.of(
                arguments("service.namespace", service().clearNamespace()),
                arguments("service.hostname", service().clearHostname()),
                arguments(
                        "service.addresses",
                        service().addAddresses(NetworkAddress.newBuilder().setAddress(FIVE_BYTES))),
                arguments(
                        "service.addresses",
                        service()
                                .addAddresses(NetworkAddress.newBuilder()
                                        .setAddress(V4)
                                        .setLength(33))),
                arguments(
                        "service.addresses",
                        service()
                                .addAddresses(NetworkAddress.newBuilder()
                                        .setAddress(V4)
                                        .setLength(-1))),
                arguments("service.ports.service_port", service().addPorts(Port.newBuilder())),
                arguments(
                        "service.ports.app_protocol",
                        service().addPorts(Port.newBuilder().setServicePort(80).setAppProtocolValue(77))),
                arguments("service.ip_families", service().setIpFamiliesValue(9)),
                arguments(
                        "service.load_balancing.mode",
                        service().setLoadBalancing(LoadBalancing.newBuilder().setModeValue(9))),
                arguments(
                        "service.load_balancing.routing_preference",
                        service()
                                .setLoadBalancing(LoadBalancing.newBuilder()
                                        .addRoutingPreference(LoadBalancing.Scope.UNSPECIFIED_SCOPE))),
                arguments(
                        "service.load_balancing.health_policy",
                        service().setLoadBalancing(LoadBalancing.newBuilder().setHealthPolicyValue(9))),
                arguments("service.waypoint", service().setWaypoint(GatewayAddress.getDefaultInstance())));
    }

    static Stream<Arguments> policies() {
        return Stream.of(
                arguments(
                        "name", Authorization.newBuilder().setNamespace("shop").build()),
                arguments(
                        "scope",
                        policy(Match.newBuilder()).toBuilder().setScopeValue(9).build()),
                arguments(
                        "action",
                        policy(Match.newBuilder()).toBuilder().setActionValue(9).build()),
                arguments(
                        "rules.clauses.matches.namespaces",
                        policy(Match.newBuilder().addNamespaces(StringMatch.getDefaultInstance()))),
                arguments(
                        "rules.clauses.matches.not_source_ips",
                        policy(Match.newBuilder()
                                .addNotSourceIps(dev.ambit.adapters.xds.proto.security.Address.newBuilder()
                                        .setAddress(V4)
                                        .setLength(64)))),
                arguments(
                        "rules.clauses.matches.destination_ports",
                        policy(Match.newBuilder().addDestinationPorts(70_000))),
                arguments(
                        "rules.clauses.matches.service_accounts.namespace",
                        policy(Match.newBuilder()
                                .addServiceAccounts(
                                        dev.ambit.adapters.xds.proto.security.ServiceAccountMatch.newBuilder()
                                                .setServiceAccount("a")))));
    }

    private static String rejection(String typeUrl, Message message) {
        Resource resource = Resource.newBuilder()
                .setName("uid")
                .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(message.toByteString()))
                .build();
        return switch (ResourceDecoder.decode(resource)) {
            case Decoded.Rejected<MeshChange>(String why) -> why;
            case Decoded.Accepted<MeshChange>(MeshChange change) -> throw new AssertionError("accepted " + change);
        };
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void rejectsAWorkloadByItsField(String field, Workload.Builder workload) {
        assertThat(rejection(
                        TypeUrl.ADDRESS,
                        Address.newBuilder().setWorkload(workload).build()))
                .startsWith(field + ": ");
    }

    @ParameterizedTest
    @MethodSource("services")
    void rejectsAServiceByItsField(String field, Service.Builder service) {
        assertThat(rejection(
                        TypeUrl.ADDRESS,
                        Address.newBuilder().setService(service).build()))
                .startsWith(field + ": ");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void rejectsAPolicyByItsField(String field, Authorization policy) {
        assertThat(rejection(TypeUrl.AUTHORIZATION, policy)).startsWith(field + ": ");
    }

    @Test
    void rejectsAnAddressThatIsNeitherWorkloadNorService() {
        assertThat(rejection(TypeUrl.ADDRESS, Address.getDefaultInstance())).startsWith("type: ");
    }

    @Test
    void rejectsAnUnknownType() {
        assertThat(rejection("type.googleapis.com/other", Address.getDefaultInstance()))
                .contains("type.googleapis.com/other");
    }

    @Test
    void rejectsANameThatIsNotTheContents() {
        assertThat(rejection(
                        TypeUrl.ADDRESS,
                        Address.newBuilder()
                                .setWorkload(workload().setUid("other"))
                                .build()))
                .isEqualTo("name: the resource is named 'uid' and holds 'other'");
    }

    @Test
    void takesAMappedAddressForTheOneItMaps() {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        mapped[12] = 10;

        String rejected = rejection(
                TypeUrl.ADDRESS,
                Address.newBuilder()
                        .setService(service()
                                .addAddresses(NetworkAddress.newBuilder()
                                        .setAddress(ByteString.copyFrom(mapped))
                                        .setLength(90)))
                        .build());

        assertThat(rejected).contains("prefix length 90 does not fit 10.0.0.0");
    }
}

package dev.ambit.adapters.k8s.derive;

import static dev.ambit.adapters.k8s.derive.Manifests.derive;
import static dev.ambit.adapters.k8s.derive.Manifests.meshService;
import static dev.ambit.adapters.k8s.derive.Manifests.messages;
import static dev.ambit.adapters.k8s.derive.Manifests.namespace;
import static dev.ambit.adapters.k8s.derive.Manifests.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.LoadBalancing.HealthPolicy;
import dev.ambit.domain.service.LoadBalancing.Mode;
import dev.ambit.domain.service.LoadBalancing.Scope;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ServiceTranslationTest {
    @Test
    void aServiceHasItsAddressesAndTcpPorts() {
        MeshService cart = meshService(service("clusterIPs: ['10.96.0.1', 'fd00::1'], clusterIP: '10.96.0.1', "
                + "ports: [{port: 80, targetPort: 8080, name: 'http'}, {port: 81, targetPort: 'web'}, "
                + "{port: 53, protocol: 'UDP'}]"));

        assertThat(cart.key()).hasToString("shop/cart.shop.svc.cluster.local");
        assertThat(cart.name()).isEqualTo("cart");
        assertThat(cart.addresses())
                .extracting(vip -> vip.address().toString())
                .containsExactly("/10.96.0.1", "/fd00::1");
        assertThat(cart.ports())
                .containsExactly(
                        new ServicePort(80, 8080, AppProtocol.HTTP11), new ServicePort(81, 0, AppProtocol.UNKNOWN));
        assertThat(cart.loadBalancing()).isEqualTo(LoadBalancing.STANDARD);
        assertThat(cart.canonical()).isTrue();
    }

    @Test
    void aHeadlessServiceHasNoAddress() {
        assertThat(meshService(service("clusterIP: 'None', ports: [{port: 80}]"))
                        .addresses())
                .isEmpty();
    }

    @Test
    void anAliasIsNoService() {
        var state = derive(service("type: 'ExternalName', externalName: 'example.com'"))
                .state();

        assertThat(state.services()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            ipFamilies: []               | AUTOMATIC
            ipFamilies: ['IPv4']         | IPV4_ONLY
            ipFamilies: ['IPv6']         | IPV6_ONLY
            ipFamilies: ['IPv6', 'IPv4'] | DUAL
            """)
    void ipFamilies(String spec, IpFamilies families) {
        assertThat(meshService(service(spec)).ipFamilies()).isEqualTo(families);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            port: 80, appProtocol: 'http'                            | HTTP11
            port: 80, appProtocol: 'kubernetes.io/h2c'               | HTTP2
            port: 80, appProtocol: 'kubernetes.io/ws'                | HTTP11
            port: 80, appProtocol: 'kubernetes.io/wss'               | TLS
            port: 80, appProtocol: 'HTTPS'                           | TLS
            port: 80, appProtocol: 'odd', name: 'http'               | UNKNOWN
            port: 80, name: 'grpc'                                   | GRPC
            port: 80, name: 'grpc-web-x'                             | UNKNOWN
            port: 80, appProtocol: 'http-x'                          | HTTP11
            port: 3306, name: 'mysql'                                | UNKNOWN
            port: 3306, appProtocol: 'odd'                           | TCP
            port: 80, name: 'http2-x'                                | HTTP2
            port: 80, name: 'tls-x'                                  | TLS
            port: 80, name: 'tcp'                                    | TCP
            port: 80, name: 'web'                                    | UNKNOWN
            port: 3306                                               | TCP
            port: 3306, name: 'http-x'                               | HTTP11
            port: 80                                                 | UNKNOWN
            """)
    void appProtocolIsDeclaredOrGuessed(String port, AppProtocol expected) {
        assertThat(meshService(service("ports: [{" + port + "}]"))
                        .ports()
                        .getFirst()
                        .appProtocol())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PreferClose", "PreferSameZone"})
    void preferSameZoneFailsOverByZone(String value) {
        assertThat(meshService(service("trafficDistribution: '" + value + "'")).loadBalancing())
                .isEqualTo(new LoadBalancing(
                        List.of(Scope.NETWORK, Scope.REGION, Scope.ZONE), Mode.FAILOVER, HealthPolicy.ONLY_HEALTHY));
    }

    @Test
    void preferSameNodeFailsOverByNode() {
        assertThat(meshService(service("trafficDistribution: 'PreferSameNode'"))
                        .loadBalancing()
                        .routingPreference())
                .containsExactly(Scope.NETWORK, Scope.REGION, Scope.ZONE, Scope.SUBZONE, Scope.NODE);
    }

    @Test
    void specBeatsAnnotationBeatsNamespace() {
        String annotation = "annotations: {'networking.istio.io/traffic-distribution': '%s'}";
        var shop = namespace("shop", annotation.formatted("PreferSameNode"));

        assertThat(meshService(service("ports: []"), shop).loadBalancing().routingPreference())
                .hasSize(5);
        assertThat(meshService(service(annotation.formatted("PreferClose"), "ports: []"), shop)
                        .loadBalancing()
                        .routingPreference())
                .hasSize(3);
        assertThat(meshService(
                                service(annotation.formatted("PreferClose"), "trafficDistribution: 'PreferSameNode'"),
                                shop)
                        .loadBalancing()
                        .routingPreference())
                .hasSize(5);
    }

    @Test
    void localTrafficStaysOnTheNodeAndUnreadyEndpointsMayCount() {
        var service = service("internalTrafficPolicy: 'Local', trafficDistribution: 'PreferClose', "
                + "publishNotReadyAddresses: true");

        assertThat(meshService(service).loadBalancing())
                .isEqualTo(new LoadBalancing(List.of(Scope.NODE), Mode.STRICT, HealthPolicy.ALLOW_ALL));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            clusterIP: '10.0.0.300'                | 'spec.clusterIP: '10.0.0.300' is not an IP address
            type: 'Odd'                            | 'spec.type: 'Odd' is not one of
            ipFamilies: ['IPv5']                   | 'spec.ipFamilies: 'IPv5' is not one of [IPv4, IPv6]
            internalTrafficPolicy: 'Mine'          | 'spec.internalTrafficPolicy: 'Mine' is not one of
            ports: [{port: 70000}]                 | 'spec.ports[0].port: 70000 is not a port
            ports: [{port: 1, targetPort: 0}]      | 'spec.ports[0].targetPort: 0 is not a port
            ports: [{port: 1, protocol: 'ICMP'}]   | 'spec.ports[0].protocol: 'ICMP' is not one of
            """)
    void aServiceThatCannotBeUsedIsReportedAndLeftOut(String spec, String message) {
        var derived = derive(service(spec));

        assertThat(derived.state().services()).isEmpty();
        assertThat(messages(derived)).singleElement().asString().startsWith(message.substring(1));
    }

    @Test
    void anUnknownTrafficDistributionIsReportedAndHasNoEffect() {
        var derived = derive(service("trafficDistribution: 'Nearby'"));

        assertThat(derived.state().services()).hasSize(1);
        assertThat(messages(derived)).singleElement().asString().contains("Nearby");
    }
}

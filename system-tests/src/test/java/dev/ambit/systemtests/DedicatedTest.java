package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Our own ztunnel as the proxy of one workload. */
@ParameterizedClass
@EnumSource(names = "OURS")
class DedicatedTest extends DedicatedScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination.Side side;

    @Test
    void aSecondOneInTheSameNamespaceSaysThatItsPortsAreTaken() {
        assertThat(mesh.process("dedicated").text(0)).doesNotContain("node agent");
        var second = new HashMap<>(SETTINGS);
        second.putAll(Map.of("READINESS_PORT", "25021", "STATS_PORT", "25020", "ADMIN_PORT", "25000"));
        mesh.startZtunnel("second", "node-a", SCANNER, second);
        assertThat(mesh.process("second").awaitEnd(Duration.ofSeconds(30))).isEqualTo(1);
        assertThat(mesh.process("second").text(0))
                .contains("ztunnel cannot start")
                .contains("cannot serve DNS on 127.0.0.1 port 15053", "Address already in use");
    }

    @Test
    void theWorkloadsTokenBuysNobodyElsesCertificate() {
        var certificates = new CertificateClient(mesh);
        String cart = "spiffe://cluster.local/ns/shop/sa/cart";
        MeshProcess controlPlane = mesh.process(MeshUnderTest.CONTROL_PLANE);
        long mark = controlPlane.mark();
        assertThatThrownBy(() -> certificates.request(certificates.tokenOf("legacy_scanner"), Csr.of(cart), cart))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNAUTHENTICATED");
        controlPlane.line(mark, "certificate refused", "ns/legacy/sa/scanner is not a node proxy account");
        mesh.call(SCANNER, "shop-payments", "shop-payments hears 10.78.1.3");
        String own = "spiffe://cluster.local/ns/legacy/sa/scanner";
        controlPlane.line(0, "certificate issued", "identity=" + own, "caller=" + own, "pod=scanner");
    }
}

package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.view.TestMesh;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Port 15080 is the proxy's only where it offers SOCKS5; else an application may have it. */
class ProxyPortsTest {
    private static final MeshView VIEW =
            new TestMesh().with(TestMesh.pod("client", "10.0.0.1")).view();

    @ParameterizedTest
    @CsvSource({
        "15001, false, true",
        "15006, false, true",
        "15008, false, true",
        "15080, true, true",
        "15080, false, false",
        "15053, true, false",
        "80, true, false"
    })
    void whatIsSentToThemIsRefused(int port, boolean socks5, boolean refused) {
        var ports = new ProxyPorts(socks5);
        OutboundPlan outbound =
                new OutboundPlanner("", new Random(1), false, ports).plan(VIEW, TestMesh.dial("127.0.0.1", port));
        InboundPlan plaintext = new InboundPlanner("", new InboundOptions(true, true, ports))
                .plan(
                        VIEW,
                        new InboundAttempt.Plaintext(
                                TestMesh.ref("client"), IpPort.of("10.0.0.9", 40_000), IpPort.of("10.0.0.1", port)));

        assertThat(outbound instanceof OutboundPlan.Refuse).isEqualTo(refused);
        assertThat(plaintext instanceof InboundPlan.Refuse).isEqualTo(refused);
    }
}

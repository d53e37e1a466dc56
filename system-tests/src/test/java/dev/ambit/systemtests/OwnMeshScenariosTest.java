package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.systemtests.Combination.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios between our own node proxies. */
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#ours")
class OwnMeshScenariosTest extends MeshScenarios {
    private static final InetSocketAddress ADMIN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 15_000);

    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;

    @Test
    void theAdminServerShowsWhatTheProxyHoldsAndCarries() throws IOException {
        Pod node = mesh.machine("node-a");
        try (Socket open =
                mesh.machine("shop-cart").connect(mesh.machine("shop-reviews").application())) {
            assertThat(Pod.get(open, "/")).startsWith("shop-reviews hears");
            assertThat(node.get(ADMIN, "/config_dump"))
                    .contains("\"state\" : \"Up\"", "\"actualDst\" : \"10.78.2.2:15008\"")
                    .contains("\"identity\" : \"spiffe://cluster.local/ns/shop/sa/cart\"", "\"state\" : \"Available\"")
                    .contains(
                            combination.source() == Source.STATIC_FILE
                                    ? "\"hostname\" : \"guarded.shop"
                                    : "\"staticConfig\"")
                    .doesNotContain("PRIVATE KEY");
        }
    }

    @Test
    void theAdminServerSaysWhyAConnectionWouldBeRefused() {
        assertThat(mesh.machine("node-a").get(ADMIN, "/explain?from=shop/catalog&to=10.96.0.3&port=80"))
                .contains("\"outcome\" : \"denied\"", "only-cart", "cluster.local/ns/shop/sa/cart");
    }
}

package dev.ambit.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What changes while a mesh runs, between our own node proxies. */
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#oursWithControlPlane")
class OwnChangeScenariosTest extends ChangeScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;

    /** The policy and the workload's list of policies are two messages; whichever comes last ends the connection. */
    @Test
    void aNewPolicyForOneWorkloadEndsConnectionsToIt() throws IOException {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: reviews-not-cart, namespace: shop}
                spec:
                  selector: {matchLabels: {app: reviews}}
                  action: DENY
                  rules:
                    - from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]
                """;
        try (Socket forbidden = open("shop-cart", "shop-reviews");
                Socket elsewhere = open("shop-cart", "shop-payments")) {
            mesh.write("reviews-not-cart.yaml", policy);
            expectEnd(forbidden);
            assertThat(Pod.get(elsewhere, "/")).isEqualTo("shop-payments hears 10.78.1.1");
        } finally {
            mesh.delete("reviews-not-cart.yaml");
        }
    }
}

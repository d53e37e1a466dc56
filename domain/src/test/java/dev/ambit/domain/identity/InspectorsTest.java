package dev.ambit.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectorsTest {
    private static final Inspectors INSPECTORS =
            new Inspectors(new TrustDomain("cluster.local"), Set.of("istio-system", "tools"));

    @ParameterizedTest
    @CsvSource({
        "spiffe://cluster.local/ns/istio-system/sa/istiod, true",
        "spiffe://cluster.local/ns/tools/sa/default, true",
        "spiffe://cluster.local/ns/shop/sa/istiod, false",
        "spiffe://cluster.local/ns/istio-system-2/sa/istiod, false",
        "spiffe://other.mesh/ns/istio-system/sa/istiod, false"
    })
    void accountsOfTheirNamespacesInTheirTrustDomain(String identity, boolean included) {
        assertThat(INSPECTORS.include(SpiffeId.of(identity))).isEqualTo(included);
    }
}

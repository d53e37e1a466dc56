package dev.ambit.adapters.k8s.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.ca.TrustBundleDistribution;
import dev.ambit.ports.ca.TrustBundleDistributionContract;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ClusterTrustBundleDistributionContractTest extends TrustBundleDistributionContract {
    private static final String ROOTS = "istio-ca-root-cert";
    private static final String REVOCATIONS = "istio-ca-crl";

    private ClusterTrustBundleDistribution distribution;

    @BeforeEach
    void begin() {
        places().forEach(TestApi.SERVER::namespace);
        for (String map : List.of(ROOTS, REVOCATIONS)) {
            TestApi.admin()
                    .configMaps()
                    .inAnyNamespace()
                    .withField("metadata.name", map)
                    .list()
                    .getItems()
                    .forEach(each -> TestApi.admin().resource(each).delete());
        }
        distribution = new ClusterTrustBundleDistribution(TestApi.controlPlane());
    }

    @AfterEach
    void end() {
        distribution.close();
    }

    @Override
    protected TrustBundleDistribution distribution() {
        return distribution;
    }

    @Override
    protected List<String> places() {
        return List.of("bundle-a", "bundle-b", "kube-system");
    }

    private static @Nullable ConfigMap map(String namespace, String name) {
        return TestApi.admin()
                .configMaps()
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private static String text(String namespace, String name, String key) {
        ConfigMap map = map(namespace, name);
        return map == null ? "" : map.getData().getOrDefault(key, "");
    }

    @Override
    protected TrustBundle bundleAt(String place) {
        return new TrustBundle(text(place, ROOTS, "root-cert.pem"), text(place, REVOCATIONS, "ca-crl.pem"));
    }

    @Override
    protected void spoil(String place) {
        ConfigMap map = Objects.requireNonNull(map(place, ROOTS));
        map.getData().put("root-cert.pem", "of somebody else");
        map.getData().put("more.pem", "more");
        TestApi.admin().resource(map).update();
    }

    @Override
    protected void remove(String place) {
        TestApi.admin().configMaps().inNamespace(place).withName(ROOTS).delete();
    }

    @Test
    void theMapLooksLikeIstiods() {
        distribution.publish(ONE);
        awaitEverywhere(ONE);

        ConfigMap map = Objects.requireNonNull(map("bundle-a", ROOTS));
        assertThat(map.getMetadata().getLabels()).containsEntry("istio.io/config", "true");
        assertThat(map.getData()).containsOnlyKeys("root-cert.pem");
        assertThat(map("bundle-a", REVOCATIONS)).isNull();
        assertThat(map("kube-public", ROOTS)).isNull();
    }

    @Test
    void aNewNamespaceGetsItAtOnceAndChangesAreUndoneAtOnce() {
        distribution.publish(ONE);
        awaitEverywhere(ONE);
        String fresh = "bundle-" + System.nanoTime();

        TestApi.SERVER.namespace(fresh);
        await(() -> bundleAt(fresh).equals(ONE));
        spoil("bundle-a");
        await(() -> bundleAt("bundle-a").equals(ONE));
        remove("bundle-a");
        await(() -> bundleAt("bundle-a").equals(ONE));
    }

    @Test
    void whatElseIsInTheMapStays() {
        distribution.publish(ONE);
        awaitEverywhere(ONE);
        spoil("bundle-b");

        await(() -> bundleAt("bundle-b").equals(ONE));
        assertThat(Objects.requireNonNull(map("bundle-b", ROOTS)).getData()).containsEntry("more.pem", "more");
    }
}

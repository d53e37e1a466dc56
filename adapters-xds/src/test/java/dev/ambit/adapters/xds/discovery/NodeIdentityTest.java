package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.proto.core.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class NodeIdentityTest {

    @Test
    void readsWhatItWrites() {
        var identity = new NodeIdentity("10.0.0.9", "ztunnel.with.dots", "istio-system", "node-1");

        assertThat(NodeIdentity.of(identity.toNode("Kubernetes"))).contains(identity);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ztunnel",
                "ztunnel~10.0.0.9~pod~istio-system.svc.cluster.local",
                "ztunnel~10.0.0.9~pod.istio-system~kube-system.svc.cluster.local",
                "ztunnel~10.0.0.9~pod.istio-system~istio-system.svc.cluster.local~more"
            })
    void refusesAnIdOfAnotherForm(String id) {
        assertThat(NodeIdentity.of(Node.newBuilder().setId(id).build())).isEmpty();
    }

    @Test
    void refusesTwoNamespacesAtOnce() {
        Node node = Node.newBuilder()
                .setId("ztunnel~10.0.0.9~pod.istio-system~istio-system.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields(
                                "NAMESPACE",
                                Value.newBuilder().setStringValue("kube-system").build()))
                .build();

        assertThat(NodeIdentity.of(node)).isEmpty();
    }
}

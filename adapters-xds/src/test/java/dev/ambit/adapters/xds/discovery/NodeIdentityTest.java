package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.proto.core.Node;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class NodeIdentityTest {

    @Test
    void readsWhatItWrites() {
        var identity = new NodeIdentity("10.0.0.9", "ztunnel.with.dots", "istio-system", "node-1");

        assertThat(NodeIdentity.of(identity.forWire("Kubernetes"))).contains(identity);
    }

    @Test
    void carriesWhatTheOperatorAddsButSaysItsOwnItself() {
        var metadata = new HashMap<String, Object>(Map.of("FOO", "bar", "NODE_NAME", "forged"));
        metadata.put("LIST", Arrays.asList(1, true, null, Map.of("k", "v")));

        Struct said = new NodeIdentity("10.0.0.9", "p", "ns", "node-1", metadata)
                .forWire("Kubernetes")
                .getMetadata();

        ListValue list = said.getFieldsOrThrow("LIST").getListValue();
        assertThat(said.getFieldsOrThrow("FOO").getStringValue()).isEqualTo("bar");
        assertThat(said.getFieldsOrThrow("NODE_NAME").getStringValue()).isEqualTo("node-1");
        assertThat(list.getValues(0).getNumberValue()).isEqualTo(1);
        assertThat(list.getValues(1).getBoolValue()).isTrue();
        assertThat(list.getValues(2).hasNullValue()).isTrue();
        assertThat(list.getValues(3).getStructValue().getFieldsOrThrow("k").getStringValue())
                .isEqualTo("v");
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

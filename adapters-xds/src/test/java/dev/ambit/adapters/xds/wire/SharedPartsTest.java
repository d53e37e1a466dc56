package dev.ambit.adapters.xds.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedPartsTest {
    private final SharedParts shared = new SharedParts();

    @Test
    void workloadsOfOnePushKeepWhatTheyHaveInCommonOnce() {
        Workload one = decoded(workload("cart-0", "10.0.0.1"));
        Workload other = decoded(workload("cart-1", "10.0.0.2"));

        assertThat(other).isEqualTo(workload("cart-1", "10.0.0.2"));
        assertThat(other.namespace()).isSameAs(one.namespace());
        assertThat(other.identity().serviceAccount()).isSameAs(one.identity().serviceAccount());
        assertThat(other.node()).isSameAs(one.node());
        assertThat(other.canonical()).isSameAs(one.canonical());
        assertThat(other.workloadName()).isSameAs(one.workloadName());
        assertThat(other.locality()).isSameAs(one.locality());
        assertThat(other.services()).isSameAs(one.services());
        assertThat(other.waypoint()).isSameAs(one.waypoint());
    }

    private Workload decoded(Workload workload) {
        // As bytes, because in one process both would come with the same texts.
        try {
            Resource resource =
                    Resource.parseFrom(ResourceEncoder.address(workload).toByteArray());
            return ResourceDecoder.decode(resource, shared) instanceof Decoded.Accepted<MeshChange>(var change)
                            && change instanceof MeshChange.WorkloadUpserted(Workload read)
                    ? read
                    : workload;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Workload workload(String name, String address) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .serviceAccount("cart")
                .addresses(List.of(IpAddress.of(address)))
                .node("node-a")
                .canonical(new CanonicalService("cart", "v1"))
                .workloadName("cart")
                .services(Map.of(
                        new NamespacedHostname("shop", "cart.shop.svc.cluster.local"), new PortMap(Map.of(80, 8080))))
                .build();
    }
}

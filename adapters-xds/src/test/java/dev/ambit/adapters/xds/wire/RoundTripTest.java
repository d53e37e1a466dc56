package dev.ambit.adapters.xds.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written is what is read; whatever else is read never does harm. */
class RoundTripTest {
    private static final int TRIES = 300;

    @Provide
    Arbitrary<Workload> workloads() {
        return WireArbitraries.workloads();
    }

    @Provide
    Arbitrary<MeshService> services() {
        return WireArbitraries.services();
    }

    @Provide
    Arbitrary<AuthorizationPolicy> policies() {
        return WireArbitraries.policies();
    }

    @Property(tries = TRIES)
    void workloadsSurvive(@ForAll("workloads") Workload workload) {
        var expected = new Decoded.Accepted<MeshChange>(new MeshChange.WorkloadUpserted(workload));

        assertThat(ResourceDecoder.decode(ResourceEncoder.address(workload))).isEqualTo(expected);
        assertThat(ResourceDecoder.decode(ResourceEncoder.workload(workload))).isEqualTo(expected);
    }

    @Property(tries = TRIES)
    void servicesSurvive(@ForAll("services") MeshService service) {
        assertThat(ResourceDecoder.decode(ResourceEncoder.address(service)))
                .isEqualTo(new Decoded.Accepted<MeshChange>(new MeshChange.ServiceUpserted(service)));
    }

    @Property(tries = TRIES)
    void policiesSurvive(@ForAll("policies") AuthorizationPolicy policy) {
        assertThat(ResourceDecoder.decode(ResourceEncoder.authorization(policy)))
                .isEqualTo(new Decoded.Accepted<MeshChange>(new MeshChange.PolicyUpserted(policy)));
    }

    @Property(tries = TRIES)
    void equalContentHasAnEqualVersion(@ForAll("workloads") Workload workload) {
        Workload same = workload.toBuilder().build();
        Workload other = workload.toBuilder().node(workload.node() + "x").build();

        assertThat(ResourceEncoder.address(same)).isEqualTo(ResourceEncoder.address(workload));
        assertThat(ResourceEncoder.address(other).getVersion())
                .isNotEqualTo(ResourceEncoder.address(workload).getVersion());
    }

    @Property(tries = TRIES)
    void garbageIsRejectedAndNeverThrown(@ForAll byte[] garbage, @ForAll boolean policy) {
        Resource resource = Resource.newBuilder()
                .setName("some-name-that-no-content-has")
                .setResource(Any.newBuilder()
                        .setTypeUrl(policy ? TypeUrl.AUTHORIZATION : TypeUrl.ADDRESS)
                        .setValue(ByteString.copyFrom(garbage)))
                .build();

        assertThat(ResourceDecoder.decode(resource)).isInstanceOf(Decoded.Rejected.class);
    }

    /** Valid bytes with one changed: closer to what a broken peer sends than pure noise. */
    @Property(tries = TRIES)
    void damagedResourcesNeverThrow(
            @ForAll("policies") AuthorizationPolicy policy, @ForAll int position, @ForAll byte replacement) {
        Resource whole = ResourceEncoder.authorization(policy);
        byte[] bytes = whole.getResource().getValue().toByteArray();
        bytes[Math.floorMod(position, bytes.length)] = replacement;
        Resource damaged = whole.toBuilder()
                .setResource(whole.getResource().toBuilder().setValue(ByteString.copyFrom(bytes)))
                .build();

        assertThat(ResourceDecoder.decode(damaged)).isNotNull();
    }
}

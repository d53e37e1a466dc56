package dev.ambit.domain.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.policy.ConnectionFacts;
import dev.ambit.domain.policy.Peer;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.workload.Workload;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever changes come in whatever order: the indexes say what a scan over everything would say. */
class MeshViewPropertyTest {

    @Property(tries = 300)
    void everyAnswerIsThatOfAScan(@ForAll long seed) {
        var mesh = new RandomMesh(seed);
        var naive = new NaiveView();
        MeshView view = MeshView.EMPTY;
        for (int batch = 0; batch < 8; batch++) {
            var changes = mesh.changes(mesh.random().nextInt(12));
            naive.apply(changes);
            view = view.apply(changes);
            compareLookups(mesh, naive, view);
            compareResources(mesh, naive, view);
        }
    }

    private static void compareLookups(RandomMesh mesh, NaiveView naive, MeshView view) {
        assertThat(view.counts()).isEqualTo(naive.counts());
        for (int i = 0; i < 12; i++) {
            var address = new NetworkAddress(mesh.network(), mesh.ip());
            var key = mesh.key();
            var pod = mesh.pod();
            String caller = mesh.of("shop", "bank", "other");
            var exactly = naive.exactly(address, caller);
            var around = naive.around(address, caller);

            assertThat(view.workloadAt(address)).isEqualTo(naive.workloadAt(address));
            assertThat(view.workloadNamed(key)).isEqualTo(naive.workloadNamed(key));
            assertThat(view.workloadOf(pod)).isEqualTo(naive.workloadOf(pod));
            assertThat(view.service(key)).isEqualTo(naive.service(key));
            assertThat(view.serviceByHostname(key.hostname(), caller))
                    .isEqualTo(naive.serviceByHostname(key.hostname(), caller));
            assertThat(view.serviceAt(address, caller)).isEqualTo(exactly.or(() -> around));
            AddressOwner owner = exactly.<AddressOwner>map(AddressOwner.OfService::new)
                    .or(() -> naive.workloadAt(address).map(AddressOwner.OfWorkload::new))
                    .or(() -> around.map(AddressOwner.OfService::new))
                    .orElseGet(AddressOwner.Nobody::new);
            assertThat(view.ownerOf(address, caller)).isEqualTo(owner);
        }
    }

    private static void compareResources(RandomMesh mesh, NaiveView naive, MeshView view) {
        for (String node : new String[] {"", "node1", "node2"}) {
            if (!node.isEmpty()) {
                assertThat(view.identitiesOnNode(node)).isEqualTo(naive.identitiesOnNode(node));
            }
        }
        for (MeshService service : naive.services()) {
            assertThat(view.endpoints(service)).containsExactlyInAnyOrderElementsOf(naive.endpoints(service));
        }
        for (Workload workload : naive.workloads()) {
            assertThat(view.workload(workload.uid())).contains(workload);
            var facts = new ConnectionFacts(new Peer.Anonymous(), mesh.ip(), new IpPort(mesh.ip(), mesh.port()));
            assertThat(view.policiesFor(workload).decide(facts))
                    .isEqualTo(naive.policiesFor(workload).decide(facts));
        }
    }
}

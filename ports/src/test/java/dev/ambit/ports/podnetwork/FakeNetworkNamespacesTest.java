package dev.ambit.ports.podnetwork;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import java.util.List;

class FakeNetworkNamespacesTest extends NetworkNamespacesContract {
    private final FakeNetworkNamespaces namespaces = new FakeNetworkNamespaces();
    private long inode = 700;

    @Override
    protected NetworkNamespaces namespaces() {
        return namespaces;
    }

    @Override
    protected NetworkNamespace.Id provide(PodRef pod, List<IpAddress> held) {
        inode++;
        NodePod owner = pod("owner", held.stream().map(IpAddress::toString).toArray(String[]::new));
        namespaces.putForeign(pod, owner, inode);
        return new FakeNetworkNamespace(inode).id();
    }

    @Override
    protected void provideBroken(PodRef pod) {
        namespaces.putBroken(pod, "namespace of " + pod + " cannot be opened");
    }
}

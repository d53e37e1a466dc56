package dev.ambit.ports.podnetwork;

import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Namespaces by pod, as a test puts them. */
public final class FakeNetworkNamespaces implements NetworkNamespaces {
    private final Map<PodRef, Found> found = new ConcurrentHashMap<>();

    /** What a look-up meets: a namespace with these addresses, or one that cannot be opened. */
    private sealed interface Found {
        record Namespace(long inode, NodePod owner) implements Found {}

        record Broken(String why) implements Found {}
    }

    /** Gives the pod a namespace that holds the pod's addresses as they are now. */
    public void put(NodePod pod, long inode) {
        found.put(pod.ref(), new Found.Namespace(inode, pod));
    }

    /** Puts, under the pod's name, the namespace of another pod. */
    public void putForeign(PodRef pod, NodePod owner, long inode) {
        found.put(pod, new Found.Namespace(inode, owner));
    }

    public void putBroken(PodRef pod, String why) {
        found.put(pod, new Found.Broken(why));
    }

    public void remove(PodRef pod) {
        found.remove(pod);
    }

    @Override
    public Optional<NetworkNamespace> find(NodePod pod) {
        return switch (found.get(pod.ref())) {
            case null -> Optional.empty();
            case Found.Broken(String why) -> throw new PodNetworkException(why);
            case Found.Namespace(long inode, NodePod owner) ->
                owner.addresses().stream().anyMatch(pod.addresses()::contains)
                        ? Optional.of(new FakeNetworkNamespace(inode))
                        : Optional.empty();
        };
    }
}

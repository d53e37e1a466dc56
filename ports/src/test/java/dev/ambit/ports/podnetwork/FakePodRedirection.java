package dev.ambit.ports.podnetwork;

import dev.ambit.domain.enrolment.Capture;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers which namespaces are redirected; refuses those it is told to refuse. */
public final class FakePodRedirection implements PodRedirection {
    private final Map<NetworkNamespace.Id, Capture> applied = new ConcurrentHashMap<>();
    private final Set<NetworkNamespace.Id> refused = ConcurrentHashMap.newKeySet();

    /** From now on the kernel refuses to program this namespace. */
    public void refuse(NetworkNamespace.Id namespace) {
        refused.add(namespace);
    }

    /** Ends what {@link #refuse} began. */
    public void accept(NetworkNamespace.Id namespace) {
        refused.remove(namespace);
    }

    /** The namespaces that are redirected now. */
    public Set<NetworkNamespace.Id> applied() {
        return Set.copyOf(applied.keySet());
    }

    /** What is captured there; nothing if it is not redirected. */
    public Optional<Capture> captured(NetworkNamespace.Id namespace) {
        return Optional.ofNullable(applied.get(namespace));
    }

    @Override
    public void apply(NetworkNamespace namespace, Capture capture) {
        applied.put(enter(namespace), capture);
    }

    @Override
    public void remove(NetworkNamespace namespace) {
        applied.remove(enter(namespace));
    }

    @Override
    public boolean isApplied(NetworkNamespace namespace) {
        return namespace.call(() -> applied.containsKey(namespace.id()));
    }

    private NetworkNamespace.Id enter(NetworkNamespace namespace) {
        if (refused.contains(namespace.id())) {
            throw new PodNetworkException("refused on purpose: " + namespace.id());
        }
        return namespace.call(namespace::id);
    }
}

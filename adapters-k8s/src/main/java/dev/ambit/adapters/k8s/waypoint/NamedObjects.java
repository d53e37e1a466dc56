package dev.ambit.adapters.k8s.waypoint;

import dev.ambit.adapters.k8s.waypoint.WatchedObjects.Choice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Objects that Gateways name, each watched for as long as one does: ConfigMaps are many and large, and most are none of our
 * business.
 */
final class NamedObjects implements AutoCloseable {
    /** A bound for who names very many. */
    static final int MAX = 1_000;

    private final KubernetesClient client;
    private final Consumer<GatewayKey> changed;
    private final Map<Choice, WatchedObjects> watched = new HashMap<>();
    private final Map<GatewayKey, Set<Choice>> namedBy = new HashMap<>();
    private boolean closed;

    /** Calls back, on any thread, with each Gateway that names what has changed. */
    NamedObjects(KubernetesClient client, Consumer<GatewayKey> changed) {
        this.client = client;
        this.changed = changed;
    }

    /** One look at a Gateway: what it does not ask for in the course of it is not watched on its behalf any longer. */
    final class Look implements AutoCloseable {
        private final GatewayKey gateway;
        private final Set<Choice> asked = new HashSet<>();

        private Look(GatewayKey gateway) {
            this.gateway = gateway;
        }

        /** Empty if too much is named already. */
        Optional<WatchedObjects> at(Choice choice) {
            asked.add(choice);
            return watch(gateway, choice);
        }

        @Override
        public void close() {
            keep(gateway, asked);
        }
    }

    Look lookAt(GatewayKey gateway) {
        return new Look(gateway);
    }

    private synchronized Optional<WatchedObjects> watch(GatewayKey gateway, Choice choice) {
        if (closed || (!watched.containsKey(choice) && watched.size() >= MAX)) {
            return Optional.empty();
        }
        namedBy.computeIfAbsent(gateway, _ -> new HashSet<>()).add(choice);
        return Optional.of(watched.computeIfAbsent(
                choice, _ -> new WatchedObjects(client, choice, _ -> tell(choice), () -> tell(choice))));
    }

    private synchronized void tell(Choice choice) {
        namedBy.forEach((gateway, choices) -> {
            if (choices.contains(choice)) {
                changed.accept(gateway);
            }
        });
    }

    private synchronized void keep(GatewayKey gateway, Set<Choice> asked) {
        if (asked.isEmpty()) {
            namedBy.remove(gateway);
        } else {
            namedBy.computeIfAbsent(gateway, _ -> new HashSet<>()).retainAll(asked);
        }
        Set<Choice> still = new HashSet<>();
        namedBy.values().forEach(still::addAll);
        if (still.size() < watched.size()) {
            watched.entrySet().removeIf(entry -> {
                boolean gone = !still.contains(entry.getKey());
                if (gone) {
                    entry.getValue().close();
                }
                return gone;
            });
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        watched.values().forEach(WatchedObjects::close);
    }
}

package dev.ambit.services.controlplane.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.ambit.adapters.xds.debug.DebugPages;
import dev.ambit.adapters.xds.discovery.DeltaDiscoveryService;
import dev.ambit.adapters.xds.discovery.SubscriberStatus;
import dev.ambit.services.controlplane.mesh.PublishedMesh;
import io.micronaut.json.JsonMapper;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The debug pages that mean something where there are no Envoys, with istiod's names and, where they fit, its keys. */
@Singleton
final class MeshPages implements DebugPages {
    private static final List<String> NAMES =
            List.of("adsz", "ambientz", "config_dump", "connections", "list", "syncz");
    private static final String NAMESPACE = "namespace=";

    private final DeltaDiscoveryService discovery;
    private final PublishedMesh mesh;
    private final JsonMapper json;

    MeshPages(DeltaDiscoveryService discovery, PublishedMesh mesh, JsonMapper json) {
        this.discovery = discovery;
        this.mesh = mesh;
        this.json = json;
    }

    /** Proxies that are connected. */
    record Connections(@JsonProperty("totalClients") int total, List<Connection> clients) {}

    /**
     * One of them.
     *
     * @param watches what it follows, by type URL; left out of the short page
     */
    record Connection(String connectionId, String connectedAt, Optional<Map<String, List<String>>> watches) {}

    /**
     * {@inheritDoc}
     *
     * <p>One at a time: a dump of a large mesh is large. {@code namespace} in the query narrows a page to that namespace.
     */
    @Override
    public synchronized Optional<byte[]> page(String target) {
        int query = target.indexOf('?');
        String name = query < 0 ? target : target.substring(0, query);
        String namespace = query < 0 ? "" : namespace(target.substring(query + 1));
        return switch (name) {
            case "syncz" -> written(subscribers(namespace).map(SyncStatus::of).toList());
            case "adsz" -> written(connections(namespace, true));
            case "connections" -> written(connections(namespace, false));
            case "config_dump", "ambientz" -> written(MeshDump.of(mesh.state(), namespace));
            case "list" -> written(NAMES);
            default -> Optional.empty();
        };
    }

    private static String namespace(String query) {
        return Stream.of(query.split("&", -1))
                .filter(part -> part.startsWith(NAMESPACE))
                .map(part -> URLDecoder.decode(part.substring(NAMESPACE.length()), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("");
    }

    private Stream<SubscriberStatus> subscribers(String namespace) {
        return discovery.subscribers().stream()
                .filter(each -> namespace.isEmpty() || each.namespace().equals(namespace));
    }

    private Connections connections(String namespace, boolean whole) {
        List<Connection> clients = subscribers(namespace)
                .map(each -> new Connection(
                        each.id(),
                        each.connectedAt().toString(),
                        whole ? Optional.of(watches(each)) : Optional.empty()))
                .toList();
        return new Connections(clients.size(), clients);
    }

    private static Map<String, List<String>> watches(SubscriberStatus subscriber) {
        var watches = new TreeMap<String, List<String>>();
        subscriber
                .types()
                .forEach((typeUrl, type) ->
                        watches.put(typeUrl, List.of(type.everything() ? "*" : type.names() + " names")));
        return watches;
    }

    private Optional<byte[]> written(Object page) {
        try {
            return Optional.of(json.writeValueAsBytes(page));
        } catch (IOException e) {
            throw new UncheckedIOException("a debug page cannot be written", e);
        }
    }
}

package dev.ambit.services.controlplane.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.ambit.adapters.xds.discovery.SubscriberStatus;
import java.util.Map;
import java.util.TreeMap;

/** One proxy in {@code /debug/syncz}, with istiod's keys, and a few more. */
record SyncStatus(
        @JsonProperty("cluster_id") String clusterId,
        String proxy,
        @JsonProperty("proxy_type") String proxyType,
        @JsonProperty("istio_version") String istioVersion,
        String identity,
        String connectedAt,
        Map<String, Resource> resources) {

    /**
     * One type.
     *
     * @param current whether it has, and has answered, everything it wants
     * @param subscription {@code *}, or how many names were asked for
     */
    record Resource(
            String sent, String acked, String sentTime, String lastError, boolean current, String subscription) {}

    static SyncStatus of(SubscriberStatus subscriber) {
        String[] id = subscriber.id().split("~", -1);
        var resources = new TreeMap<String, Resource>();
        subscriber
                .types()
                .forEach((typeUrl, type) -> resources.put(
                        typeUrl,
                        new Resource(
                                type.sent(),
                                type.acked(),
                                type.sent().isEmpty() ? "" : type.sentAt().toString(),
                                type.lastError(),
                                type.current(),
                                type.everything() ? "*" : type.names() + " names")));
        return new SyncStatus(
                subscriber.clusterId(),
                // As istiod has it: the pod and its namespace.
                id.length > 2 ? id[2] : subscriber.id(),
                id[0],
                subscriber.istioVersion(),
                subscriber.identity(),
                subscriber.connectedAt().toString(),
                resources);
    }
}

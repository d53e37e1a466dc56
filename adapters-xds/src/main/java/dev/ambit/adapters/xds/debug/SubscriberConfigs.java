package dev.ambit.adapters.xds.debug;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.discovery.SubscriberStatus;
import dev.ambit.adapters.xds.proto.admin.UpdateFailureState;
import dev.ambit.adapters.xds.proto.core.Node;
import dev.ambit.adapters.xds.proto.status.ClientConfig;
import dev.ambit.adapters.xds.proto.status.ClientConfig.GenericXdsConfig;
import dev.ambit.adapters.xds.proto.status.ConfigStatus;
import java.time.Instant;
import java.util.TreeMap;

/** How far a subscriber is, as Envoy's client status discovery says it and {@code istioctl proxy-status} reads it. */
final class SubscriberConfigs {
    private SubscriberConfigs() {}

    static Any of(SubscriberStatus subscriber) {
        ClientConfig.Builder config = ClientConfig.newBuilder()
                .setNode(Node.newBuilder()
                        .setId(subscriber.podName() + "." + subscriber.namespace())
                        .setMetadata(Struct.newBuilder()
                                .putFields("CLUSTER_ID", text(subscriber.clusterId()))
                                .putFields("NAMESPACE", text(subscriber.namespace()))
                                .putFields("ISTIO_VERSION", text(subscriber.istioVersion()))));
        new TreeMap<>(subscriber.types()).forEach((typeUrl, type) -> config.addGenericXdsConfigs(of(typeUrl, type)));
        return Any.pack(config.build());
    }

    private static GenericXdsConfig of(String typeUrl, SubscriberStatus.Type type) {
        GenericXdsConfig.Builder config =
                GenericXdsConfig.newBuilder().setTypeUrl(typeUrl).setConfigStatus(status(type));
        if (!type.sent().isEmpty()) {
            config.setLastUpdated(time(type.sentAt()));
        }
        if (!type.lastError().isEmpty()) {
            config.setErrorState(UpdateFailureState.newBuilder()
                    .setLastUpdateAttempt(time(type.sentAt()))
                    .setDetails(type.lastError()));
        }
        return config.build();
    }

    private static ConfigStatus status(SubscriberStatus.Type type) {
        if (!type.lastError().isEmpty()) {
            return ConfigStatus.ERROR;
        }
        if (type.sent().isEmpty()) {
            return ConfigStatus.NOT_SENT;
        }
        return type.acked().equals(type.sent()) ? ConfigStatus.SYNCED : ConfigStatus.STALE;
    }

    private static Timestamp time(Instant at) {
        return Timestamp.newBuilder()
                .setSeconds(at.getEpochSecond())
                .setNanos(at.getNano())
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}

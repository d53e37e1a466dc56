package dev.ambit.adapters.k8s.translate;

import dev.ambit.adapters.k8s.translate.GatewayFacts.Address;
import dev.ambit.adapters.k8s.translate.GatewayFacts.Attachment;
import dev.ambit.adapters.k8s.translate.GatewayFacts.ClassFacts;
import dev.ambit.adapters.k8s.translate.GatewayFacts.ListenerFacts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayClass;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewaySpec;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GatewayStatusAddress;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Listener;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.RouteNamespaces;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gateway and GatewayClass to their facts. */
final class GatewayReader {
    static final String WAYPOINT_FOR = "istio.io/waypoint-for";
    static final String INBOUND_BINDING = "ambient.istio.io/waypoint-inbound-binding";
    static final String NETWORK = "topology.istio.io/network";
    private static final String SERVICE_ACCOUNT = "gateway.istio.io/service-account";

    private GatewayReader() {}

    static GatewayFacts read(Gateway gateway) {
        @Nullable GatewaySpec written = gateway.getSpec();
        GatewaySpec spec = written == null ? new GatewaySpec() : written;
        Map<String, String> labels = Fields.labels(gateway);
        String className = Fields.text(spec.getGatewayClassName());
        return new GatewayFacts(
                Fields.namespace(gateway),
                Fields.name(gateway),
                className,
                labels.getOrDefault(WAYPOINT_FOR, ""),
                Fields.annotations(gateway).getOrDefault(INBOUND_BINDING, ""),
                labels.getOrDefault(NETWORK, ""),
                serviceAccount(gateway, className),
                addresses(gateway),
                Fields.list(spec.getListeners()).stream()
                        .map(GatewayReader::listener)
                        .toList());
    }

    static ClassFacts read(GatewayClass gatewayClass) {
        return new ClassFacts(
                gatewayClass.getSpec() == null
                        ? ""
                        : Fields.text(gatewayClass.getSpec().getControllerName()),
                Fields.labels(gatewayClass).getOrDefault(WAYPOINT_FOR, ""),
                Fields.annotations(gatewayClass).getOrDefault(INBOUND_BINDING, ""));
    }

    /** The annotation, else the gateway's name; a gateway that somebody else runs has the class's name behind it. */
    private static String serviceAccount(HasMetadata gateway, String className) {
        String account = Fields.annotations(gateway).getOrDefault(SERVICE_ACCOUNT, "");
        if (!account.isEmpty()) {
            return account;
        }
        return className.equals(GatewayFacts.REMOTE_CLASS)
                ? Fields.name(gateway) + "-" + className
                : Fields.name(gateway);
    }

    private static List<Address> addresses(Gateway gateway) {
        if (gateway.getStatus() == null) {
            return List.of();
        }
        return Fields.list(gateway.getStatus().getAddresses()).stream()
                .filter(address ->
                        isKnown(address) && !Fields.text(address.getValue()).isEmpty())
                .map(address -> new Address("Hostname".equals(address.getType()), address.getValue()))
                .toList();
    }

    private static boolean isKnown(GatewayStatusAddress address) {
        return "Hostname".equals(address.getType()) || "IPAddress".equals(address.getType());
    }

    private static ListenerFacts listener(Listener listener) {
        @Nullable
        RouteNamespaces namespaces = listener.getAllowedRoutes() == null
                ? null
                : listener.getAllowedRoutes().getNamespaces();
        return new ListenerFacts(
                Fields.text(listener.getProtocol()),
                listener.getPort() == null ? 0 : listener.getPort(),
                attachment(namespaces),
                listener.getTls() != null
                        && "Terminate".equals(listener.getTls().getMode()));
    }

    /** Nothing written means the gateway's own namespace, as in the API. */
    private static Attachment attachment(@Nullable RouteNamespaces namespaces) {
        if (namespaces == null) {
            return new Attachment.Same();
        }
        return switch (Fields.text(namespaces.getFrom())) {
            case "All" -> new Attachment.All();
            case "", "Same" -> new Attachment.Same();
            case "Selector" -> selected(namespaces.getSelector());
            default -> new Attachment.Nobody();
        };
    }

    /** A selector that is not there selects nothing. */
    private static Attachment selected(@Nullable LabelSelector selector) {
        return selector == null
                ? new Attachment.Nobody()
                : LabelMatch.of(selector)
                        .<Attachment>map(Attachment.Selected::new)
                        .orElseGet(Attachment.Nobody::new);
    }
}

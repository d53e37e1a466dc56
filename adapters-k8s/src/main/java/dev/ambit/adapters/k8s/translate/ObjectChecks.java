package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.policy.PolicyName;
import io.fabric8.istio.api.networking.v1.ServiceEntry;
import io.fabric8.istio.api.networking.v1.WorkloadEntry;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.PeerAuthentication;
import io.fabric8.istio.api.security.v1.RequestAuthentication;
import io.fabric8.istio.api.telemetry.v1.Telemetry;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.ReferenceGrant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with one object by itself. Whoever keeps objects should keep the last version without rejections. */
public final class ObjectChecks {
    private static final Set<String> PHASES = Set.of("", "Pending", "Running", "Succeeded", "Failed", "Unknown");
    private static final Set<String> SERVICE_TYPES =
            Set.of("", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
    private static final Set<String> TRAFFIC_POLICIES = Set.of("", "Cluster", "Local");
    private static final Set<String> ADDRESS_TYPES = Set.of("IPv4", "IPv6", "FQDN");
    private static final Set<String> FAMILIES = Set.of("IPv4", "IPv6");
    private static final Set<String> PROTOCOLS = Set.of("", "TCP", "UDP", "SCTP");
    private static final int PORT_MAX = 65_535;
    private static final FieldPath METADATA = FieldPath.of("metadata");
    private static final FieldPath SPEC = FieldPath.of("spec");

    private final AuthorizationPolicyTranslator policies;

    public ObjectChecks(String rootNamespace) {
        this.policies = new AuthorizationPolicyTranslator(rootNamespace, false);
    }

    ObjectChecks(DerivationOptions options) {
        this.policies = new AuthorizationPolicyTranslator(options);
    }

    public List<ObjectProblem> check(HasMetadata object) {
        var findings = new Findings(ObjectKey.of(object));
        check(object, findings);
        return findings.problems();
    }

    void check(HasMetadata object, Findings findings) {
        names(object, findings);
        switch (object) {
            case Namespace namespace -> namespace(namespace, findings);
            case Pod pod -> pod(pod, findings);
            case Service service -> service(service, findings);
            case EndpointSlice slice -> slice(slice, findings);
            case ServiceEntry entry -> EntryChecks.check(entry, findings);
            case WorkloadEntry entry -> EntryChecks.check(entry, findings);
            case Gateway gateway -> GatewayChecks.check(gateway, findings);
            case AuthorizationPolicy policy -> policies.translate(policy, findings);
            case PeerAuthentication policy -> PeerAuthenticationTranslator.translate(policy, findings);
            case RequestAuthentication _, Telemetry _ -> Layer7Policies.check(object, findings);
            case ReferenceGrant grant -> RouteReader.check(grant, findings);
            // Other kinds have nothing that is read but their names and labels.
            default -> RouteReader.read(object).ifPresent(route -> RouteReader.check(route, findings));
        }
    }

    /** How a rejected policy is enforced while no sound version of it is known. */
    public UnreadablePolicy unreadable(HasMetadata policy) {
        var name = new PolicyName(Fields.namespace(policy), Fields.name(policy));
        if (policy instanceof AuthorizationPolicy authorization) {
            var translation = policies.translate(authorization, new Findings(ObjectKey.of(policy)));
            return translation instanceof AuthorizationPolicyTranslator.Translation.Rejected rejected
                    ? rejected.policy()
                    : new UnreadablePolicy(UnreadablePolicy.Kind.DENY, name, Map.of());
        }
        Map<String, String> selector = policy instanceof PeerAuthentication peer && peer.getSpec() != null
                ? PeerAuthenticationTranslator.labels(peer.getSpec().getSelector())
                : Map.of();
        return new UnreadablePolicy(UnreadablePolicy.Kind.PEER_AUTHENTICATION, name, selector);
    }

    private static void names(HasMetadata object, Findings findings) {
        String name = Fields.name(object);
        boolean strict = object instanceof Namespace || object instanceof Service;
        if (strict ? !Names.isLabel(name) : !Names.isSubdomain(name)) {
            findings.reject(
                    METADATA.child("name"),
                    "'" + name + "' is not a name: use a-z, 0-9, '-'" + (strict ? "" : " and '.'")
                            + ", beginning and ending with a letter or digit");
        }
        String namespace = Fields.namespace(object);
        if (!namespace.isEmpty() && !Names.isLabel(namespace)) {
            findings.reject(METADATA.child("namespace"), "'" + namespace + "' is not a namespace name");
        }
    }

    private static void namespace(Namespace namespace, Findings findings) {
        distribution(
                METADATA.child("annotations").child(ServiceReader.TRAFFIC_DISTRIBUTION),
                Fields.annotations(namespace).getOrDefault(ServiceReader.TRAFFIC_DISTRIBUTION, ""),
                findings);
    }

    private static void pod(Pod pod, Findings findings) {
        oneOf(FieldPath.of("status", "phase"), Pods.phase(pod), PHASES, findings);
        for (String address : Pods.addressTexts(pod)) {
            address(FieldPath.of("status", "podIP"), address, findings);
        }
        String serviceAccount = Pods.serviceAccount(pod);
        if (!Names.isSubdomain(serviceAccount)) {
            findings.reject(SPEC.child("serviceAccountName"), "'" + serviceAccount + "' is not a service account name");
        }
    }

    private static void service(Service service, Findings findings) {
        var spec = ServiceReader.spec(service);
        oneOf(SPEC.child("type"), Fields.text(spec.getType()), SERVICE_TYPES, findings);
        oneOf(
                SPEC.child("internalTrafficPolicy"),
                Fields.text(spec.getInternalTrafficPolicy()),
                TRAFFIC_POLICIES,
                findings);
        Fields.list(spec.getIpFamilies())
                .forEach(family -> oneOf(SPEC.child("ipFamilies"), family, FAMILIES, findings));
        distribution(SPEC.child("trafficDistribution"), Fields.text(spec.getTrafficDistribution()), findings);
        distribution(
                METADATA.child("annotations").child(ServiceReader.TRAFFIC_DISTRIBUTION),
                Fields.annotations(service).getOrDefault(ServiceReader.TRAFFIC_DISTRIBUTION, ""),
                findings);
        ServiceReader.clusterIps(service).forEach(ip -> address(SPEC.child("clusterIP"), ip, findings));
        List<ServicePort> ports = Fields.list(spec.getPorts());
        ObjectLimits.size(SPEC.child("ports"), ports.size(), ObjectLimits.PORTS, findings);
        for (int i = 0; i < ports.size(); i++) {
            FieldPath at = SPEC.child("ports").child(i);
            ServicePort port = ports.get(i);
            port(at.child("port"), port.getPort(), findings);
            oneOf(at.child("protocol"), Fields.text(port.getProtocol()), PROTOCOLS, findings);
            @Nullable IntOrString target = port.getTargetPort();
            if (target != null && target.getIntVal() != null) {
                port(at.child("targetPort"), target.getIntVal(), findings);
            }
        }
    }

    private static void slice(EndpointSlice slice, Findings findings) {
        oneOf(FieldPath.of("addressType"), Fields.text(slice.getAddressType()), ADDRESS_TYPES, findings);
        List<Endpoint> endpoints = Fields.list(slice.getEndpoints());
        ObjectLimits.size(FieldPath.of("endpoints"), endpoints.size(), ObjectLimits.ENDPOINTS, findings);
        for (int i = 0; i < endpoints.size() && !"FQDN".equals(slice.getAddressType()); i++) {
            FieldPath at = FieldPath.of("endpoints").child(i).child("addresses");
            List<String> addresses = Fields.list(endpoints.get(i).getAddresses());
            for (int j = 0; j < addresses.size(); j++) {
                address(at.child(j), addresses.get(j), findings);
            }
        }
        List<EndpointPort> ports = Fields.list(slice.getPorts());
        for (int i = 0; i < ports.size(); i++) {
            FieldPath at = FieldPath.of("ports").child(i);
            if (ports.get(i).getPort() != null) {
                port(at.child("port"), ports.get(i).getPort(), findings);
            }
            oneOf(at.child("protocol"), Fields.text(ports.get(i).getProtocol()), PROTOCOLS, findings);
        }
    }

    static void address(FieldPath at, @Nullable String text, Findings findings) {
        if (IpAddress.parse(Fields.text(text)).isEmpty()) {
            findings.reject(at, "'" + Fields.text(text) + "' is not an IP address");
        }
    }

    static void port(FieldPath at, @Nullable Integer port, Findings findings) {
        if (port == null || port < 1 || port > PORT_MAX) {
            findings.reject(at, (port == null ? "nothing" : port) + " is not a port: use 1 to " + PORT_MAX);
        }
    }

    static void oneOf(FieldPath at, @Nullable String value, Set<String> known, Findings findings) {
        if (!known.contains(Fields.text(value))) {
            List<String> choice =
                    known.stream().filter(text -> !text.isEmpty()).sorted().toList();
            findings.reject(at, "'" + Fields.text(value) + "' is not one of " + choice);
        }
    }

    static void distribution(FieldPath at, String value, Findings findings) {
        if (!value.isEmpty() && !TrafficDistribution.isKnown(value)) {
            findings.warn(
                    at,
                    "'" + value + "' is not one of [PreferClose, PreferSameNode, PreferSameZone] and has no effect");
        }
    }
}

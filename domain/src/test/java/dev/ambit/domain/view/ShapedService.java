package dev.ambit.domain.view;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.LoadBalancing;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import dev.ambit.domain.service.WeightedWaypoint;
import dev.ambit.domain.workload.GatewayReference;
import java.util.List;

/** A service of a test that differs from a plain one. */
public final class ShapedService {
    private NamespacedHostname key;
    private final String name;
    private final List<VirtualAddress> addresses;
    private List<ServicePort> ports;
    private List<String> names = List.of();
    private GatewayReference waypoint = GatewayReference.none();
    private List<WeightedWaypoint> weighted = List.of();
    private LoadBalancing balancing = LoadBalancing.STANDARD;
    private IpFamilies families = IpFamilies.AUTOMATIC;
    private boolean canonical;
    private Visibility visibility = Visibility.PUBLIC;

    private ShapedService(MeshService plain) {
        key = plain.key();
        name = plain.name();
        addresses = plain.addresses();
        ports = plain.ports();
    }

    public static ShapedService from(MeshService plain) {
        return new ShapedService(plain);
    }

    public ShapedService in(String namespace, String hostname) {
        key = new NamespacedHostname(namespace, hostname);
        return this;
    }

    /** One port, which each endpoint maps for itself if its target is 0. */
    public ShapedService port(int servicePort, int targetPort) {
        ports = List.of(new ServicePort(servicePort, targetPort, AppProtocol.UNKNOWN));
        return this;
    }

    public ShapedService names(String... subjectAltNames) {
        names = List.of(subjectAltNames);
        return this;
    }

    public ShapedService waypoint(GatewayReference value) {
        waypoint = value;
        return this;
    }

    public ShapedService weighted(WeightedWaypoint... values) {
        weighted = List.of(values);
        return this;
    }

    public ShapedService balancing(LoadBalancing.Mode mode, LoadBalancing.Scope... preference) {
        balancing = new LoadBalancing(List.of(preference), mode, LoadBalancing.HealthPolicy.ONLY_HEALTHY);
        return this;
    }

    public ShapedService families(IpFamilies value) {
        families = value;
        return this;
    }

    public ShapedService canonical() {
        canonical = true;
        return this;
    }

    public ShapedService onlyForItsNamespace() {
        visibility = Visibility.NAMESPACE;
        return this;
    }

    public MeshService build() {
        return new MeshService(
                key,
                name,
                addresses,
                ports,
                names,
                waypoint,
                weighted,
                balancing,
                families,
                canonical,
                false,
                visibility);
    }
}

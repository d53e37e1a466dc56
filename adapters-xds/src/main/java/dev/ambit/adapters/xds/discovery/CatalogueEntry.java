package dev.ambit.adapters.xds.discovery;

import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.discovery.ResourceCatalogue.Kind;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.wire.ResourceEncoder;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshName;
import dev.ambit.domain.workload.Workload;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One resource as it goes to every subscriber, encoded once, and what it was made from. */
final class CatalogueEntry {

    /**
     * A resource as it is sent.
     *
     * @param resource bytes of {@code envoy.service.discovery.v3.Resource}
     */
    record Encoded(String version, ByteString resource) {
        private static Encoded of(Resource resource) {
            return new Encoded(resource.getVersion(), resource.toByteString());
        }
    }

    private final Kind kind;
    private final Encoded encoded;
    private final @Nullable Workload workload;
    private final @Nullable MeshService service;
    private volatile @Nullable Encoded asWorkload;

    private CatalogueEntry(Kind kind, Resource resource, @Nullable Workload workload, @Nullable MeshService service) {
        this.kind = kind;
        this.encoded = Encoded.of(resource);
        this.workload = workload;
        this.service = service;
    }

    static CatalogueEntry of(Workload workload) {
        return new CatalogueEntry(Kind.WORKLOAD, ResourceEncoder.address(workload), workload, null);
    }

    static CatalogueEntry of(MeshService service) {
        return new CatalogueEntry(Kind.SERVICE, ResourceEncoder.address(service), null, service);
    }

    static CatalogueEntry of(AuthorizationPolicy policy) {
        return new CatalogueEntry(Kind.POLICY, ResourceEncoder.authorization(policy), null, null);
    }

    Kind kind() {
        return kind;
    }

    /** Bytes of its usual form. */
    int size() {
        return encoded.resource.size();
    }

    /** Whether subscribers would be sent the same. */
    boolean isSentAs(CatalogueEntry other) {
        return kind == other.kind && encoded.version.equals(other.encoded.version);
    }

    /** Where the workload runs; else empty. */
    String node() {
        return workload == null ? "" : workload.node();
    }

    /** The form without services is rarely asked for, so it is encoded at the first demand. */
    Encoded as(String typeUrl) {
        if (!typeUrl.equals(TypeUrl.WORKLOAD) || workload == null) {
            return encoded;
        }
        Encoded other = asWorkload;
        if (other == null) {
            other = Encoded.of(ResourceEncoder.workload(workload));
            asWorkload = other;
        }
        return other;
    }

    /** Other names by which it may be asked for: addresses, a workload's services. Made anew at each call. */
    Set<String> related() {
        var related = new HashSet<String>();
        if (workload != null) {
            for (NamespacedHostname each : workload.services().keySet()) {
                related.add(each.toString());
            }
            MeshName.of(workload).forEach(name -> related.add(name.toString()));
            related.remove(workload.uid().value());
        } else if (service != null) {
            MeshName.of(service).forEach(name -> related.add(name.toString()));
            related.remove(service.key().toString());
        }
        return related;
    }

    /** What stands before it, by name: without that a connection to it cannot be planned. Made anew at each call. */
    Set<String> gateways() {
        if (workload != null) {
            return GatewayNames.of(workload);
        }
        return service != null ? GatewayNames.of(service) : Set.of();
    }
}

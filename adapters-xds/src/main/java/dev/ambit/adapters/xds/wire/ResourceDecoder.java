package dev.ambit.adapters.xds.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.proto.security.Authorization;
import dev.ambit.adapters.xds.proto.workload.Address;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.Optional;

/** Reads one resource of a push. Whatever the bytes are, the answer is a change or a reason; nothing is thrown. */
public final class ResourceDecoder {

    /** As {@link #decode(Resource, SharedParts)}, for a resource that came alone. */
    public static Decoded<MeshChange> decode(Resource resource) {
        return decode(resource, new SharedParts());
    }

    /**
     * The change this resource means.
     *
     * <p>The resource's name has to be the one its content has (uid, {@code namespace/hostname}, {@code namespace/name}):
     * removals carry nothing but the name.
     *
     * @param shared with the other resources of the push
     */
    public static Decoded<MeshChange> decode(Resource resource, SharedParts shared) {
        try {
            if (!resource.hasResource()) {
                throw new RejectedResource("resource", "is missing");
            }
            Any any = resource.getResource();
            MeshChange change = decode(any, shared);
            String own = name(change);
            if (!own.equals(resource.getName())) {
                throw new RejectedResource(
                        "name",
                        "the resource is named " + RejectedResource.shown(resource.getName()) + " and holds "
                                + RejectedResource.shown(own));
            }
            return new Decoded.Accepted<>(change);
        } catch (RejectedResource e) {
            return new Decoded.Rejected<>(e.reason());
        } catch (InvalidProtocolBufferException e) {
            return new Decoded.Rejected<>("resource: not a message of its type: " + e.getMessage());
        }
    }

    private static MeshChange decode(Any any, SharedParts shared)
            throws RejectedResource, InvalidProtocolBufferException {
        return switch (any.getTypeUrl()) {
            case TypeUrl.ADDRESS -> address(Address.parseFrom(any.getValue()), shared);
            case TypeUrl.WORKLOAD ->
                new MeshChange.WorkloadUpserted(WorkloadWire.decode(
                        dev.ambit.adapters.xds.proto.workload.Workload.parseFrom(any.getValue()), shared));
            case TypeUrl.AUTHORIZATION ->
                new MeshChange.PolicyUpserted(PolicyWire.decode(Authorization.parseFrom(any.getValue())));
            default ->
                throw new RejectedResource("resource", "unknown type " + RejectedResource.shown(any.getTypeUrl()));
        };
    }

    private static MeshChange address(Address address, SharedParts shared) throws RejectedResource {
        return switch (address.getTypeCase()) {
            case WORKLOAD -> {
                try {
                    yield new MeshChange.WorkloadUpserted(WorkloadWire.decode(address.getWorkload(), shared));
                } catch (RejectedResource e) {
                    throw e.in("workload");
                }
            }
            case SERVICE -> {
                try {
                    yield new MeshChange.ServiceUpserted(ServiceWire.decode(address.getService()));
                } catch (RejectedResource e) {
                    throw e.in("service");
                }
            }
            case TYPE_NOT_SET -> throw new RejectedResource("type", "neither a workload nor a service");
        };
    }

    /** The xDS name of what changed. */
    public static String name(MeshChange change) {
        return switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) ->
                workload.uid().value();
            case MeshChange.WorkloadRemoved(WorkloadUid uid) -> uid.value();
            case MeshChange.ServiceUpserted(MeshService service) ->
                service.key().toString();
            case MeshChange.ServiceRemoved(NamespacedHostname key) -> key.toString();
            case MeshChange.PolicyUpserted(AuthorizationPolicy policy) ->
                policy.name().toString();
            case MeshChange.PolicyRemoved(PolicyName name) -> name.toString();
        };
    }

    /** The removal that undoes an upsert; empty for a removal. */
    public static Optional<MeshChange> removal(MeshChange change) {
        return switch (change) {
            case MeshChange.WorkloadUpserted(Workload workload) ->
                Optional.of(new MeshChange.WorkloadRemoved(workload.uid()));
            case MeshChange.ServiceUpserted(MeshService service) ->
                Optional.of(new MeshChange.ServiceRemoved(service.key()));
            case MeshChange.PolicyUpserted(AuthorizationPolicy policy) ->
                Optional.of(new MeshChange.PolicyRemoved(policy.name()));
            case MeshChange.WorkloadRemoved _, MeshChange.ServiceRemoved _, MeshChange.PolicyRemoved _ ->
                Optional.empty();
        };
    }

    private ResourceDecoder() {}
}

package dev.ambit.adapters.xds.wire;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import dev.ambit.adapters.xds.proto.workload.Address;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.workload.Workload;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes resources, named and versioned. The version is a hash of the content: equal content has an equal version on
 * every replica and after every restart, so a proxy that reconnects is sent only what it does not have.
 */
public final class ResourceEncoder {
    /** 96 bits: no two versions of one resource will ever meet. */
    private static final int VERSION_BYTES = 12;

    public static Resource address(Workload workload) {
        return resource(
                TypeUrl.ADDRESS,
                Address.newBuilder().setWorkload(WorkloadWire.encode(workload)).build(),
                workload.uid().value(),
                aliases(workload));
    }

    public static Resource address(MeshService service) {
        List<String> aliases = service.addresses().stream()
                .filter(VirtualAddress::isHost)
                .map(address -> address.address().toString())
                .toList();
        return resource(
                TypeUrl.ADDRESS,
                Address.newBuilder().setService(ServiceWire.encode(service)).build(),
                service.key().toString(),
                aliases);
    }

    /** For subscribers of the type that has workloads alone. */
    public static Resource workload(Workload workload) {
        return resource(
                TypeUrl.WORKLOAD, WorkloadWire.encode(workload), workload.uid().value(), aliases(workload));
    }

    public static Resource authorization(AuthorizationPolicy policy) {
        return resource(
                TypeUrl.AUTHORIZATION, PolicyWire.encode(policy), policy.name().toString(), List.of());
    }

    private static List<String> aliases(Workload workload) {
        return workload.networkAddresses().stream().map(Object::toString).toList();
    }

    private static Resource resource(String typeUrl, MessageLite message, String name, List<String> aliases) {
        ByteString value = deterministic(message);
        return Resource.newBuilder()
                .setVersion(version(value))
                .setName(name)
                .addAllAliases(aliases)
                .setResource(Any.newBuilder().setTypeUrl(typeUrl).setValue(value))
                .build();
    }

    /** Maps have no order of their own on the wire; sorted, equal content has equal bytes. */
    private static ByteString deterministic(MessageLite message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    private static String version(ByteString value) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            value.asReadOnlyByteBufferList().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, VERSION_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private ResourceEncoder() {}
}

package dev.ambit.adapters.xds.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import dev.ambit.adapters.xds.proto.discovery.Resource;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A response, read no further than needed to count it.
 *
 * @param nanos when it had arrived as a whole, by {@link System#nanoTime}
 * @param bytes without gRPC's header
 * @param versions by name, of resources that came; empty if nobody wanted to know
 */
public record Arrival(
        String typeUrl, String nonce, long nanos, int bytes, int resources, int removed, Map<String, String> versions) {

    static Arrival read(byte[] message, boolean withVersions) throws IOException {
        long nanos = System.nanoTime();
        CodedInputStream in = CodedInputStream.newInstance(message);
        String typeUrl = "";
        String nonce = "";
        int resources = 0;
        int removed = 0;
        var versions = new HashMap<String, String>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER -> {
                    resources++;
                    if (withVersions) {
                        resource(in, versions);
                    } else {
                        in.skipField(tag);
                    }
                }
                case DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER -> typeUrl = in.readString();
                case DeltaDiscoveryResponse.NONCE_FIELD_NUMBER -> nonce = in.readString();
                case DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER -> {
                    removed++;
                    in.skipField(tag);
                }
                default -> in.skipField(tag);
            }
        }
        return new Arrival(typeUrl, nonce, nanos, message.length, resources, removed, versions);
    }

    private static void resource(CodedInputStream in, Map<String, String> versions) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        String name = "";
        String version = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case Resource.NAME_FIELD_NUMBER -> name = in.readString();
                case Resource.VERSION_FIELD_NUMBER -> version = in.readString();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(end);
        versions.put(name, version);
    }
}

package dev.ambit.adapters.xds.discovery;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Resources and removals of a response, encoded once; any number of subscribers may be sent the same one.
 *
 * @param body the fields {@code resources} and {@code removed_resources} of {@code DeltaDiscoveryResponse}
 */
record Batch(ByteString body, int resources, int removals) {
    static final Batch EMPTY = new Batch(ByteString.EMPTY, 0, 0);

    boolean isEmpty() {
        return resources == 0 && removals == 0;
    }

    /** Collects what a batch is made of. */
    static final class Builder {
        private final List<ByteString> resources = new ArrayList<>();
        private final List<String> removals = new ArrayList<>();

        void add(ByteString resource) {
            resources.add(resource);
        }

        void remove(String name) {
            removals.add(name);
        }

        Batch build() {
            if (resources.isEmpty() && removals.isEmpty()) {
                return EMPTY;
            }
            int size = 0;
            for (ByteString resource : resources) {
                size += CodedOutputStream.computeBytesSize(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
            }
            for (String name : removals) {
                size += CodedOutputStream.computeStringSize(
                        DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
            }
            byte[] body = new byte[size];
            CodedOutputStream out = CodedOutputStream.newInstance(body);
            try {
                for (ByteString resource : resources) {
                    out.writeBytes(DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER, resource);
                }
                for (String name : removals) {
                    out.writeString(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
                }
                out.checkNoSpaceLeft();
            } catch (IOException impossible) {
                throw new IllegalStateException("writing to memory failed", impossible);
            }
            return new Batch(UnsafeByteOperations.unsafeWrap(body), resources.size(), removals.size());
        }
    }
}

package dev.ambit.adapters.xds.discovery;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.ambit.adapters.xds.proto.discovery.DeltaDiscoveryResponse;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Collections;
import java.util.List;

/** A {@code DeltaDiscoveryResponse} whose larger part belongs to many. */
record EncodedResponse(String typeUrl, String nonce, Batch batch) {

    private byte[] own() {
        byte[] own = new byte
                [CodedOutputStream.computeStringSize(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl)
                        + CodedOutputStream.computeStringSize(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce)];
        CodedOutputStream out = CodedOutputStream.newInstance(own);
        try {
            out.writeString(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl);
            out.writeString(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
            out.checkNoSpaceLeft();
        } catch (IOException impossible) {
            throw new IllegalStateException("writing to memory failed", impossible);
        }
        return own;
    }

    /** Hands the bytes to gRPC as they are. Servers only write responses. */
    static final MethodDescriptor.Marshaller<EncodedResponse> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(EncodedResponse response) {
            return new Bytes(response.batch.body(), response.own());
        }

        @Override
        public EncodedResponse parse(InputStream stream) {
            throw new UnsupportedOperationException("responses are read by DeltaDiscoveryResponse");
        }
    };

    private static final class Bytes extends InputStream implements Drainable, KnownLength {
        private final ByteString shared;
        private final byte[] own;
        private final InputStream both;

        Bytes(ByteString shared, byte[] own) {
            this.shared = shared;
            this.own = own;
            both = new SequenceInputStream(
                    Collections.enumeration(List.of(shared.newInput(), new ByteArrayInputStream(own))));
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            shared.writeTo(target);
            target.write(own);
            return shared.size() + own.length;
        }

        @Override
        public int available() {
            return shared.size() + own.length;
        }

        @Override
        public int read() throws IOException {
            return both.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return both.read(target, offset, length);
        }
    }
}

package dev.ambit.services.ztunnel.profile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the few forms of protobuf that a profile needs: whole numbers, text, messages, packed numbers. */
final class ProtoBytes {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Zero is left out, as proto3 has it. */
    ProtoBytes number(int field, long value) {
        if (value != 0) {
            varint(tag(field, VARINT));
            varint(value);
        }
        return this;
    }

    ProtoBytes text(int field, String text) {
        return bytes(field, text.getBytes(StandardCharsets.UTF_8));
    }

    ProtoBytes message(int field, ProtoBytes message) {
        return bytes(field, message.out.toByteArray());
    }

    ProtoBytes packed(int field, long[] values) {
        var inner = new ProtoBytes();
        for (long value : values) {
            inner.varint(value);
        }
        return message(field, inner);
    }

    private ProtoBytes bytes(int field, byte[] bytes) {
        varint(tag(field, LENGTH));
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    private static long tag(int field, int type) {
        return field * 8L + type;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & -MORE) != 0) {
            out.write((int) (rest & (MORE - 1)) | MORE);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}

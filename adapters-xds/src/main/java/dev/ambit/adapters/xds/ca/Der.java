package dev.ambit.adapters.xds.ca;

import java.nio.ByteBuffer;

/** Values in ASN.1's distinguished encoding (X.690): a tag, a length, and what is in it. */
final class Der {
    static final int BOOLEAN = 0x01;
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int OBJECT_IDENTIFIER = 0x06;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    private static final int SHORT_MAX = 0x7f;
    private static final int LENGTH_MAX = 0xffff;

    /**
     * One value of the parts, one after the other.
     *
     * @throws IllegalArgumentException if together they have more than 65,535 bytes
     */
    static byte[] value(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        if (length > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a value of " + length + " bytes; at most " + LENGTH_MAX + " are written");
        }
        var value = ByteBuffer.allocate(4 + length).put((byte) tag);
        if (length > 0xff) {
            value.put((byte) 0x82).putShort((short) length);
        } else if (length > SHORT_MAX) {
            value.put((byte) 0x81).put((byte) length);
        } else {
            value.put((byte) length);
        }
        for (byte[] part : parts) {
            value.put(part);
        }
        var exact = new byte[value.position()];
        value.flip().get(exact);
        return exact;
    }

    private Der() {}
}

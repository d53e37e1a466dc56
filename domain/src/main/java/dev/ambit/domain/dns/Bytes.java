package dev.ambit.domain.dns;

/** Numbers in network order, within a message. */
final class Bytes {
    private static final int REPLY = 0x80;

    static int getShort(byte[] message, int at) {
        return ((message[at] & 0xff) << 8) | (message[at + 1] & 0xff);
    }

    static void putShort(byte[] message, int at, int value) {
        message[at] = (byte) (value >>> 8);
        message[at + 1] = (byte) value;
    }

    /** Whether the message, of at least a header's length, is a reply and not a query. */
    static boolean isReply(byte[] message) {
        return (message[2] & REPLY) != 0;
    }

    /** An ASCII letter in lower case; any other byte as it is. */
    static int folded(byte character) {
        return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
    }

    /** Whether it is an ASCII letter. */
    static boolean isLetter(byte character) {
        int folded = folded(character);
        return folded >= 'a' && folded <= 'z';
    }

    private Bytes() {}
}

package dev.ambit.domain.address;

import dev.ambit.domain.collection.Hashes;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * An IPv4 or IPv6 address as a plain value: two words and a family, cheap to compare and to hash.
 *
 * <p>An IPv4-mapped IPv6 address ({@code ::ffff:1.2.3.4}) is the IPv4 address it maps, because kernels hand out either
 * form for the same peer. Zones ({@code %eth0}) are refused.
 *
 * @param high the upper 64 bits of an IPv6 address, 0 for IPv4
 * @param low the lower 64 bits, or the 32 bits of an IPv4 address
 */
public record IpAddress(long high, long low, Family family) implements Comparable<IpAddress> {

    /** Address family; the order is the order in which a dual-stack answer lists addresses. */
    public enum Family {
        IPV4(32),
        IPV6(128);

        private final int bits;

        Family(int bits) {
            this.bits = bits;
        }

        /** Length of an address in bits. */
        public int bits() {
            return bits;
        }
    }

    private static final long MAPPED_V4_PREFIX = 0xffffL;

    public IpAddress {
        if (family == Family.IPV6 && high == 0 && low >>> 32 == MAPPED_V4_PREFIX) {
            family = Family.IPV4;
            low &= 0xffffffffL;
        }
        if (family == Family.IPV4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    /**
     * Reads dotted-decimal IPv4 or RFC 4291 IPv6 text; empty if it is neither. Never asks a resolver. An octet with
     * leading zeros is refused: some would read it as octal.
     */
    public static Optional<IpAddress> parse(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        boolean shaped = v6
                ? text.indexOf('%') < 0 && text.indexOf('[') < 0
                : text.chars().filter(c -> c == '.').count() == 3;
        if (!shaped || hasOddNumbers(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(InetAddress.ofLiteral(text)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** Finds what the JDK lets pass: octets with leading zeros and groups of more than four digits. */
    private static boolean hasOddNumbers(String text) {
        int start = 0;
        for (int end = 0; end <= text.length(); end++) {
            char delimiter = end < text.length() ? text.charAt(end) : ':';
            if (delimiter == ':' || delimiter == '.') {
                boolean octet = delimiter == '.' || (start > 0 && text.charAt(start - 1) == '.');
                if (octet ? end - start > 1 && text.charAt(start) == '0' : end - start > 4) {
                    return true;
                }
                start = end + 1;
            }
        }
        return false;
    }

    /** As {@link #parse}, for text that is known to be an address, such as a constant. */
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: '" + text + "'"));
    }

    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress())
                .orElseThrow(() -> new IllegalArgumentException("not an IP address: " + address));
    }

    /** Reads 4 or 16 bytes in network order; empty for any other length. */
    public static Optional<IpAddress> ofBytes(byte[] bytes) {
        return switch (bytes.length) {
            case 4 -> Optional.of(new IpAddress(0, word(bytes, 0, 4), Family.IPV4));
            case 16 -> Optional.of(new IpAddress(word(bytes, 0, 8), word(bytes, 8, 8), Family.IPV6));
            default -> Optional.empty();
        };
    }

    private static long word(byte[] bytes, int from, int length) {
        long word = 0;
        for (int i = from; i < from + length; i++) {
            word = (word << 8) | (bytes[i] & 0xff);
        }
        return word;
    }

    /** The 4 or 16 bytes in network order; a fresh array. */
    public byte[] bytes() {
        byte[] bytes = new byte[family.bits() / 8];
        for (int i = 0; i < bytes.length; i++) {
            int shift = (bytes.length - 1 - i) * 8;
            bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
        }
        return bytes;
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(bytes());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public boolean isV4() {
        return family == Family.IPV4;
    }

    /** 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return isV4() ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    @Override
    public int hashCode() {
        return Hashes.all(family.bits(), Hashes.of(high), Hashes.of(low));
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        if (byFamily != 0) {
            return byFamily;
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Dotted decimal, or the compressed lower-case form of RFC 5952. */
    @Override
    public String toString() {
        return isV4() ? v4Text() : v6Text();
    }

    private String v4Text() {
        return (low >>> 24) + "." + ((low >>> 16) & 0xff) + "." + ((low >>> 8) & 0xff) + "." + (low & 0xff);
    }

    private String v6Text() {
        int longestStart = -1;
        int longest = 1;
        int run = 0;
        for (int i = 0; i < 8; i++) {
            run = group(i) == 0 ? run + 1 : 0;
            if (run > longest) {
                longest = run;
                longestStart = i - run + 1;
            }
        }
        var text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == longestStart) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(i)));
        }
        return text.toString();
    }

    private int group(int index) {
        long word = index < 4 ? high : low;
        return (int) (word >>> ((3 - index % 4) * 16)) & 0xffff;
    }

    /** The loopback address of a family. */
    public static IpAddress loopback(Family family) {
        return family == Family.IPV4 ? of(Inet4Address.ofLiteral("127.0.0.1")) : new IpAddress(0, 1, Family.IPV6);
    }
}

package dev.ambit.domain.address;

import java.util.Optional;

/**
 * An address block in CIDR notation (RFC 4632). Bits of {@code base} beyond the prefix are ignored in comparisons.
 *
 * @param prefixLength how many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(IpAddress base, int prefixLength) {

    /** How many bits of an IPv4-mapped IPv6 address come before the IPv4 address. */
    private static final int MAPPED_V4_BITS = 96;

    public Cidr {
        if (prefixLength < 0 || prefixLength > base.family().bits()) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " of " + base + " is not in 0.."
                    + base.family().bits());
        }
    }

    /** A block of exactly one address. */
    public static Cidr host(IpAddress address) {
        return new Cidr(address, address.family().bits());
    }

    /**
     * Reads {@code address/length} or a bare address; empty if the text is neither or the length is out of range. A block
     * of IPv4-mapped addresses ({@code ::ffff:10.0.0.0/104}) is the IPv4 block it maps.
     */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return IpAddress.parse(text).map(Cidr::host);
        }
        String address = text.substring(0, slash);
        return IpAddress.parse(address).flatMap(base -> {
            int unmapped = base.isV4() && address.indexOf(':') >= 0 ? MAPPED_V4_BITS : 0;
            return prefixLength(text.substring(slash + 1))
                    .map(length -> length - unmapped)
                    .filter(length -> length >= 0 && length <= base.family().bits())
                    .map(length -> new Cidr(base, length));
        });
    }

    private static Optional<Integer> prefixLength(String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(text));
    }

    /** Whether the address is of this block's family and inside it. */
    public boolean contains(IpAddress address) {
        if (address.family() != base.family()) {
            return false;
        }
        if (base.isV4()) {
            return prefixLength == 0 || (address.low() ^ base.low()) >>> (32 - prefixLength) == 0;
        }
        if (prefixLength <= 64) {
            return prefixLength == 0 || (address.high() ^ base.high()) >>> (64 - prefixLength) == 0;
        }
        return address.high() == base.high() && (address.low() ^ base.low()) >>> (128 - prefixLength) == 0;
    }

    /** The same block, with the bits of its base beyond the prefix zero. */
    public Cidr masked() {
        int bits = base.family().bits() - prefixLength;
        if (bits == 0) {
            return this;
        }
        long low = bits >= Long.SIZE ? 0 : base.low() & (-1L << bits);
        long high = bits <= Long.SIZE ? base.high() : bits == 128 ? 0 : base.high() & (-1L << (bits - Long.SIZE));
        return new Cidr(new IpAddress(high, low, base.family()), prefixLength);
    }

    public boolean isHost() {
        return prefixLength == base.family().bits();
    }

    @Override
    public String toString() {
        return base + "/" + prefixLength;
    }
}

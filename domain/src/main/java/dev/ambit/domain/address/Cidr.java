package dev.ambit.domain.address;

import java.util.Optional;

/**
 * An address block in CIDR notation (RFC 4632). Bits of {@code base} beyond the prefix are ignored in comparisons.
 *
 * @param prefixLength how many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Cidr(IpAddress base, int prefixLength) {
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

    /** Reads {@code address/length} or a bare address; empty if the text is neither or the length is out of range. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return IpAddress.parse(text).map(Cidr::host);
        }
        return IpAddress.parse(text.substring(0, slash))
                .flatMap(base ->
                        prefixLength(text.substring(slash + 1), base.family()).map(length -> new Cidr(base, length)));
    }

    private static Optional<Integer> prefixLength(String text, IpAddress.Family family) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        int length = Integer.parseInt(text);
        return length <= family.bits() ? Optional.of(length) : Optional.empty();
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

    public boolean isHost() {
        return prefixLength == base.family().bits();
    }

    @Override
    public String toString() {
        return base + "/" + prefixLength;
    }
}

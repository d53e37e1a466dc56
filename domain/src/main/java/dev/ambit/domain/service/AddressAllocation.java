package dev.ambit.domain.service;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives an address of each family to hosts that have none, as Istio does for a ServiceEntry. The outcome depends on the
 * claims only, not on their order or on what was before, so that every replica finds the same one:
 *
 * <ul>
 *   <li>an address that somebody wrote down for himself is nobody else's;
 *   <li>an address that was allocated earlier stays, as long as no older claim has it;
 *   <li>a new one is the first free one from a place that follows from the host's name and owner, older claims first. So
 *       it seldom moves when others come and go, and never once it is written into the owner's status.
 * </ul>
 */
public final class AddressAllocation {
    /** No more of a block is used than this many bits count, which is enough for four billion hosts. */
    private static final int OFFSET_BITS_MAX = 32;

    /** FNV-1a, 64 bits: small, and the same everywhere and for ever. */
    private static final long FNV_START = 0xcbf29ce484222325L;

    private static final long FNV_PRIME = 0x100000001b3L;

    private AddressAllocation() {}

    /**
     * One object's claims.
     *
     * @param created seconds since the epoch; of two claims the older counts more
     * @param hosts those that are to have addresses
     * @param earlier what an earlier allocation gave to hosts
     * @param own what the object says itself, which is not to be given to others
     */
    public record Claim(
            String namespace,
            String name,
            long created,
            List<String> hosts,
            Map<String, List<IpAddress>> earlier,
            List<IpAddress> own)
            implements Comparable<Claim> {
        private static final Comparator<Claim> OLDEST_FIRST = Comparator.comparingLong(Claim::created)
                .thenComparing(Claim::namespace)
                .thenComparing(Claim::name);

        public Claim {
            hosts = List.copyOf(hosts);
            earlier = Map.copyOf(earlier);
            own = List.copyOf(own);
        }

        @Override
        public int compareTo(Claim other) {
            return OLDEST_FIRST.compare(this, other);
        }
    }

    /** A host of one object. */
    public record Claimant(String namespace, String name, String host) {}

    /** The addresses of every host that is to have some; fewer than there are blocks where a block is used up. */
    public static Map<Claimant, List<IpAddress>> allocate(Collection<Claim> claims, List<Cidr> blocks) {
        List<Claim> oldestFirst = claims.stream().sorted().toList();
        Set<IpAddress> taken = new HashSet<>();
        claims.forEach(claim -> taken.addAll(claim.own()));
        Map<Claimant, List<IpAddress>> allocated = new HashMap<>();
        List<Claimant> without = new ArrayList<>();
        for (Claim claim : oldestFirst) {
            for (String host : claim.hosts()) {
                var claimant = new Claimant(claim.namespace(), claim.name(), host);
                List<IpAddress> earlier = claim.earlier().getOrDefault(host, List.of());
                if (!earlier.isEmpty() && earlier.stream().noneMatch(taken::contains)) {
                    allocated.put(claimant, earlier);
                    taken.addAll(earlier);
                } else {
                    without.add(claimant);
                }
            }
        }
        for (Claimant claimant : without) {
            allocated.put(
                    claimant,
                    blocks.stream()
                            .flatMap(block -> next(block, claimant, taken))
                            .toList());
        }
        return allocated;
    }

    private static Stream<IpAddress> next(Cidr block, Claimant claimant, Set<IpAddress> taken) {
        int bits = Math.min(block.base().family().bits() - block.prefixLength(), OFFSET_BITS_MAX);
        // The first address of a block names the block.
        long usable = (1L << bits) - 1;
        if (usable == 0) {
            return Stream.empty();
        }
        long start = Long.remainderUnsigned(hash(claimant), usable);
        long tries = Math.min(usable, taken.size() + 1L);
        for (long i = 0; i < tries; i++) {
            Optional<IpAddress> free =
                    Optional.of(at(block, 1 + (start + i) % usable)).filter(taken::add);
            if (free.isPresent()) {
                return free.stream();
            }
        }
        return Stream.empty();
    }

    private static IpAddress at(Cidr block, long offset) {
        IpAddress base = block.base();
        long mask = block.base().family().bits() - block.prefixLength() >= Long.SIZE
                ? -1L
                : (1L << (base.family().bits() - block.prefixLength())) - 1;
        return new IpAddress(base.high(), (base.low() & ~mask) | offset, base.family());
    }

    private static long hash(Claimant claimant) {
        String text = claimant.namespace() + "/" + claimant.name() + "/" + claimant.host();
        long hash = FNV_START;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}

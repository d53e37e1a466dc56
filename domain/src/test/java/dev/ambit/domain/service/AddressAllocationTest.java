package dev.ambit.domain.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.AddressAllocation.Claim;
import dev.ambit.domain.service.AddressAllocation.Claimant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AddressAllocationTest {
    private static final Cidr V4 = Cidr.parse("240.240.0.0/16").orElseThrow();
    private static final Cidr V6 = Cidr.parse("2001:2::/48").orElseThrow();
    private static final List<Cidr> BLOCKS = List.of(V4, V6);

    private static Claim claim(String name, long created, String... hosts) {
        return new Claim("shop", name, created, List.of(hosts), Map.of(), List.of());
    }

    private static Claim earlier(String name, long created, String host, String address) {
        return new Claim("shop", name, created, List.of(host), Map.of(host, List.of(IpAddress.of(address))), List.of());
    }

    private static List<IpAddress> of(Map<Claimant, List<IpAddress>> all, String name, String host) {
        return all.getOrDefault(new Claimant("shop", name, host), List.of());
    }

    @Example
    void everyHostHasOneAddressOfEachFamily() {
        var all = AddressAllocation.allocate(List.of(claim("a", 1, "one.example", "two.example")), BLOCKS);

        for (String host : List.of("one.example", "two.example")) {
            assertThat(of(all, "a", host)).hasSize(2).satisfies(addresses -> {
                assertThat(V4.contains(addresses.get(0))).isTrue();
                assertThat(V6.contains(addresses.get(1))).isTrue();
            });
        }
        assertThat(of(all, "a", "one.example")).doesNotContainAnyElementsOf(of(all, "a", "two.example"));
    }

    @Example
    void whatWasAllocatedStaysWithTheOldestThatHasIt() {
        var all = AddressAllocation.allocate(
                List.of(
                        earlier("young", 2, "y.example", "240.240.0.7"),
                        earlier("old", 1, "o.example", "240.240.0.7"),
                        earlier("other", 3, "z.example", "240.240.0.9")),
                BLOCKS);

        assertThat(of(all, "old", "o.example")).containsExactly(IpAddress.of("240.240.0.7"));
        assertThat(of(all, "other", "z.example")).containsExactly(IpAddress.of("240.240.0.9"));
        assertThat(of(all, "young", "y.example")).hasSize(2).doesNotContain(IpAddress.of("240.240.0.7"));
    }

    @Example
    void whatSomebodyWroteDownForHimselfIsNotGivenAway() {
        var user = new Claim("shop", "user", 9, List.of(), Map.of(), List.of(IpAddress.of("240.240.0.7")));

        var all = AddressAllocation.allocate(List.of(earlier("old", 1, "o.example", "240.240.0.7"), user), BLOCKS);

        assertThat(of(all, "old", "o.example")).hasSize(2).doesNotContain(IpAddress.of("240.240.0.7"));
    }

    @Example
    void aBlockThatIsUsedUpGivesNoMore() {
        Cidr tiny = Cidr.parse("240.0.0.0/30").orElseThrow();
        var claims =
                IntStream.range(0, 5).mapToObj(i -> claim("se" + i, i, "h" + i)).toList();

        var all = AddressAllocation.allocate(claims, List.of(tiny));

        assertThat(all.values().stream().mapToInt(List::size).sum()).isEqualTo(3);
        assertThat(of(all, "se4", "h4")).isEmpty();
        assertThat(AddressAllocation.allocate(
                                claims, List.of(Cidr.parse("1.2.3.4").orElseThrow()))
                        .values())
                .allMatch(List::isEmpty);
    }

    @Property(tries = 100)
    void theOrderOfClaimsDoesNotMatterAndNobodyShares(@ForAll long seed) {
        var random = new Random(seed);
        var claims = new ArrayList<Claim>();
        for (int i = 0; i < 40; i++) {
            claims.add(
                    random.nextInt(3) == 0
                            ? earlier("se" + i, random.nextInt(5), "h" + i, "240.240.0." + random.nextInt(20))
                            : claim("se" + i, random.nextInt(5), "h" + i));
        }
        // Few addresses, so that they meet.
        List<Cidr> blocks = List.of(Cidr.parse("240.240.0.0/24").orElseThrow());
        var expected = AddressAllocation.allocate(claims, blocks);

        Collections.shuffle(claims, random);

        assertThat(AddressAllocation.allocate(claims, blocks)).isEqualTo(expected);
        var all = expected.values().stream().flatMap(List::stream).toList();
        assertThat(new HashSet<>(all)).hasSameSizeAs(all).hasSize(40);
    }

    @Property(tries = 100)
    void onceWrittenDownNothingMoves(@ForAll long seed) {
        var random = new Random(seed);
        var claims = new ArrayList<Claim>();
        IntStream.range(0, 30).forEach(i -> claims.add(claim("se" + i, 10, "h" + i)));
        List<Cidr> blocks = List.of(Cidr.parse("240.240.0.0/24").orElseThrow());
        var first = AddressAllocation.allocate(claims, blocks);
        var written = new ArrayList<Claim>();
        for (Claim claim : claims) {
            String host = claim.hosts().getFirst();
            written.add(new Claim(
                    claim.namespace(),
                    claim.name(),
                    claim.created(),
                    claim.hosts(),
                    Map.of(host, of(first, claim.name(), host)),
                    List.of()));
        }

        IntStream.range(0, 30).forEach(i -> written.add(claim("new" + i, random.nextInt(20), "n" + i)));
        var second = AddressAllocation.allocate(written, blocks);

        assertThat(second).containsAllEntriesOf(first).hasSize(60);
    }
}

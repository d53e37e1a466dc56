package dev.ambit.domain.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class AddressPropertyTest {

    @Property
    void addressIsReadBackFromItsText(@ForAll("addresses") IpAddress address) {
        assertThat(IpAddress.parse(address.toString())).contains(address);
        assertThat(InetAddress.ofLiteral(address.toString()).getAddress()).isEqualTo(address.bytes());
    }

    @Property
    void addressIsReadBackFromItsBytes(@ForAll("addresses") IpAddress address) {
        assertThat(IpAddress.ofBytes(address.bytes())).contains(address);
        assertThat(IpAddress.of(address.toInetAddress())).isEqualTo(address);
    }

    @Property
    void mappedAddressIsTheV4Address(@ForAll("v4") IpAddress v4) {
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(v4.bytes(), 0, mapped, 12, 4);

        assertThat(IpAddress.ofBytes(mapped)).contains(v4);
        assertThat(IpAddress.parse("::ffff:" + v4)).contains(v4);
        assertThat(new IpAddress(0, 0xffff_0000_0000L | v4.low(), IpAddress.Family.IPV6))
                .isEqualTo(v4);
    }

    @Property
    void orderIsThatOfTheBytes(@ForAll("addresses") IpAddress one, @ForAll("addresses") IpAddress other) {
        int expected = one.family() == other.family()
                ? Arrays.compareUnsigned(one.bytes(), other.bytes())
                : one.family().compareTo(other.family());

        assertThat(Integer.signum(one.compareTo(other))).isEqualTo(Integer.signum(expected));
    }

    @Property
    void blockIsReadBackFromItsText(@ForAll("blocks") Cidr block) {
        assertThat(Cidr.parse(block.toString())).contains(block);
    }

    @Property
    void blockContainsWhatSharesItsFirstBits(@ForAll("blocks") Cidr block, @ForAll @IntRange(max = 127) int flipped) {
        byte[] bytes = block.base().bytes();
        int bit = flipped % block.base().family().bits();
        bytes[bit / 8] ^= (byte) (0x80 >>> (bit % 8));
        IpAddress neighbour = IpAddress.ofBytes(bytes).orElseThrow();

        assertThat(block.contains(block.base())).isTrue();
        assertThat(block.contains(neighbour)).isEqualTo(naivelyContains(block, neighbour));
    }

    @Property
    void blockContainsAsBitByBit(@ForAll("blocks") Cidr block, @ForAll("addresses") IpAddress address) {
        assertThat(block.contains(address)).isEqualTo(naivelyContains(block, address));
    }

    private static boolean naivelyContains(Cidr block, IpAddress address) {
        byte[] base = block.base().bytes();
        byte[] bytes = address.bytes();
        if (base.length != bytes.length) {
            return false;
        }
        for (int bit = 0; bit < block.prefixLength(); bit++) {
            int mask = 0x80 >>> (bit % 8);
            if ((base[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Property
    void endIsReadBackFromItsText(
            @ForAll("addresses") IpAddress ip, @ForAll @IntRange(min = 1, max = 65_535) int port) {
        var end = new IpPort(ip, port);

        assertThat(IpPort.parse(end.toString())).contains(end);
        assertThat(IpPort.of(end.toSocketAddress())).isEqualTo(end);
    }

    @Property
    void hostnameIsReadBackFromItsText(@ForAll("segments") String namespace, @ForAll("segments") String hostname) {
        var name = new NamespacedHostname(namespace, hostname);

        assertThat(NamespacedHostname.parse(name.toString())).contains(name);
    }

    @Property
    void garbageIsEmptyAndNeverThrows(@ForAll("garbage") String text) {
        assertThatCode(() -> {
                    readsBackIfPresent(IpAddress.parse(text).map(Object::toString), IpAddress::parse);
                    readsBackIfPresent(Cidr.parse(text).map(Object::toString), Cidr::parse);
                    readsBackIfPresent(IpPort.parse(text).map(Object::toString), IpPort::parse);
                    readsBackIfPresent(NamespacedHostname.parse(text).map(Object::toString), NamespacedHostname::parse);
                    readsBackIfPresent(Ports.parse(text).map(Object::toString), Ports::parse);
                })
                .doesNotThrowAnyException();
    }

    private static void readsBackIfPresent(Optional<String> printed, Function<String, Optional<?>> parse) {
        printed.ifPresent(
                text -> assertThat(parse.apply(text).map(Object::toString)).contains(text));
    }

    @Provide
    Arbitrary<IpAddress> v4() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofSize(4)
                .map(bytes -> IpAddress.ofBytes(bytes).orElseThrow());
    }

    @Provide
    Arbitrary<IpAddress> addresses() {
        // Groups that are zero half the time, so that every shape of "::" comes up.
        Arbitrary<IpAddress> v6 = Arbitraries.oneOf(
                        Arbitraries.just(0),
                        Arbitraries.of(0xffff, 1),
                        Arbitraries.integers().between(0, 0xffff))
                .array(Integer[].class)
                .ofSize(8)
                .map(AddressPropertyTest::ofGroups);
        return Arbitraries.oneOf(v4(), v6);
    }

    private static IpAddress ofGroups(Integer[] groups) {
        byte[] bytes = new byte[16];
        for (int i = 0; i < groups.length; i++) {
            bytes[2 * i] = (byte) (groups[i] >>> 8);
            bytes[2 * i + 1] = groups[i].byteValue();
        }
        return IpAddress.ofBytes(bytes).orElseThrow();
    }

    @Provide
    Arbitrary<Cidr> blocks() {
        return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
                .as((base, length) -> new Cidr(base, length % (base.family().bits() + 1)));
    }

    @Provide
    Arbitrary<String> segments() {
        return Arbitraries.strings().ofMinLength(1).ofMaxLength(20).excludeChars('/');
    }

    @Provide
    Arbitrary<String> garbage() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(30),
                Arbitraries.strings().withChars("0123456789abf:.%[]/+- \0").ofMaxLength(24),
                Arbitraries.strings().withChars("012:./[]").ofMaxLength(12));
    }
}

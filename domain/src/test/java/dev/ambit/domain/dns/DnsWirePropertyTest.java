package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.QueryReading.Asked;
import dev.ambit.domain.dns.QueryReading.Ignored;
import dev.ambit.domain.dns.QueryReading.Refused;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Any bytes at all: nothing throws, nothing runs in circles, and what is answered is a reply. */
class DnsWirePropertyTest {

    @Property(tries = 3000)
    void anyBytesAreRead(@ForAll @Size(max = 600) byte[] bytes) {
        checkReading(bytes);
    }

    /** Closer to a query than chance would come: a real one with a few bytes changed. */
    @Property(tries = 5000)
    void anyDamagedQueryIsRead(@ForAll long seed) {
        var random = new Random(seed);
        byte[] bytes = QueryReadingTest.withEdns(
                DnsQuery.of(new DnsQuestion(new DnsName("product-page.ns1.svc.cluster.local"), 1, 1), random)
                        .orElseThrow()
                        .bytes(),
                1232,
                0,
                true);
        for (int i = random.nextInt(6); i > 0; i--) {
            bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt();
        }
        checkReading(bytes);
    }

    private static void checkReading(byte[] bytes) {
        switch (QueryReading.of(bytes)) {
            case Asked(DnsQuery query) -> {
                byte[] reply = DnsReply.empty(query);
                assertThat(query.isAnsweredBy(reply)).isTrue();
                assertThat(query.bytes()).isEqualTo(bytes);
                assertThat(reply.length).isLessThanOrEqualTo(512);
            }
            case Refused(QueryReading.Reply reply, String why) -> {
                assertThat(Bytes.isReply(reply.bytes())).isTrue();
                assertThat(why).isNotEmpty();
            }
            case Ignored _ -> assertThat(bytes.length).isLessThan(12);
        }
    }

    @Property(tries = 5000)
    void anyReplyOfAServerCanBeRelayedAndSearched(@ForAll long seed) {
        var random = new Random(seed);
        DnsQuery query = DnsQuery.of(new DnsQuestion(new DnsName("www.bing.com"), 1, 1), random)
                .orElseThrow();
        byte[] reply = DnsReply.found(
                query,
                new Resolution.Found(
                        DnsMesh.service("ns1", "www.bing.com"),
                        new DnsName("www.bing.com"),
                        List.of(IpAddress.of("1.1.1.1"), IpAddress.of("2.2.2.2"))),
                512);
        for (int i = random.nextInt(8); i > 0; i--) {
            reply[random.nextInt(reply.length)] = (byte) random.nextInt();
        }
        byte[] cut = java.util.Arrays.copyOf(reply, random.nextInt(reply.length + 1));
        if (query.isAnsweredBy(cut)) {
            assertThat(query.isAnsweredBy(DnsReply.relayed(query, cut, 512))).isTrue();
            assertThat(DnsReply.addresses(query, cut, IpAddress.Family.IPV4)).hasSizeLessThanOrEqualTo(2);
        }
    }
}

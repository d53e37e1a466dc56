package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.dns.QueryReading.Asked;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsReplyTest {
    private static final int TC = 0x0200;
    private static final int AA = 0x0400;
    private static final int RA = 0x0080;
    private static final int RD = 0x0100;
    private static final int QR = 0x8000;

    private static DnsQuery query(String name, int type) {
        return DnsQuery.of(new DnsQuestion(new DnsName(name), type, 1), new Random(7))
                .orElseThrow();
    }

    private static DnsQuery withEdns(DnsQuery query, int payload) {
        return ((Asked) QueryReading.of(QueryReadingTest.withEdns(query.bytes(), payload, 0, true))).query();
    }

    private static Resolution.Found found(String owner, String... addresses) {
        return new Resolution.Found(
                DnsMesh.service("ns1", owner),
                new DnsName(owner),
                List.of(addresses).stream().map(IpAddress::of).toList());
    }

    private static Resolution.Found many(int count) {
        List<IpAddress> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            addresses.add(IpAddress.of("240.0." + (i >>> 8) + "." + (i & 0xff)));
        }
        return new Resolution.Found(DnsMesh.service("ns1", "large.com"), new DnsName("large.com"), addresses);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void addressRecordsAsTheyGoOnTheWire() {
        DnsQuery query = query("a.io", RecordType.A);
        byte[] reply = DnsReply.found(query, found("a.io", "1.2.3.4"), 512);

        assertThat(hex(reply))
                .isEqualTo(String.format("%04x", query.id())
                        + "8580" + "0001" + "0001" + "0000" + "0000"
                        + "0161026 96f00".replace(" ", "") + "0001" + "0001"
                        + "c00c" + "0001" + "0001" + "0000001e" + "0004" + "01020304");
    }

    @Test
    void aStrippedSearchDomainIsACname() {
        DnsQuery query = query("a.io.ns1.svc.cluster.local", RecordType.A);
        byte[] reply = DnsReply.found(query, found("a.io", "1.2.3.4"), 512);
        int answer = query.questionEnd();

        assertThat(DnsReply.answerCount(reply)).isEqualTo(2);
        assertThat(hex(reply).substring(answer * 2))
                .isEqualTo("c00c" + "0005" + "0001" + "0000001e" + "0006" + "0161" + "02696f" + "00"
                        + String.format("%04x", 0xc000 | (answer + 12))
                        + "0001" + "0001" + "0000001e" + "0004" + "01020304");
    }

    @Test
    void ipv6AddressesHaveTheirOwnType() {
        DnsQuery query = query("a.io", RecordType.AAAA);
        byte[] reply = DnsReply.found(query, found("a.io", "fd00::1"), 512);

        assertThat(DnsReply.addresses(query, reply, IpAddress.Family.IPV6)).containsExactly(IpAddress.of("fd00::1"));
        assertThat(DnsReply.addresses(query, reply, IpAddress.Family.IPV4)).isEmpty();
    }

    @Test
    void ednsIsEchoed() {
        DnsQuery query = withEdns(query("a.io", RecordType.A), 1232);
        byte[] reply = DnsReply.found(query, found("a.io", "1.2.3.4"), 1232);

        assertThat(hex(reply)).endsWith("00" + "0029" + "04d0" + "00" + "00" + "8000" + "0000");
        assertThat(Bytes.getShort(reply, 10)).isEqualTo(1);
        assertThat(QueryReading.of(reply)).isInstanceOf(QueryReading.Refused.class);
    }

    @Test
    void emptyIsSuccessOfTheAuthority() {
        DnsQuery query = query("a.io", RecordType.AAAA);
        byte[] reply = DnsReply.empty(query);

        assertThat(Bytes.getShort(reply, 2)).isEqualTo(QR | AA | RD | RA);
        assertThat(DnsReply.answerCount(reply)).isZero();
        assertThat(query.isAnsweredBy(reply)).isTrue();
    }

    @Test
    void failureHasTheQuestionAndNoAuthority() {
        DnsQuery query = query("a.io", RecordType.A);
        byte[] reply = DnsReply.failure(query, ResponseCode.SERVER_FAILURE);

        assertThat(Bytes.getShort(reply, 2)).isEqualTo(QR | RD | RA | 2);
        assertThat(query.isAnsweredBy(reply)).isTrue();
    }

    @Test
    void aDatagramTakesWhatTheClientTakes() {
        DnsQuery plain = query("large.com", RecordType.A);
        byte[] reply = DnsReply.found(plain, many(256), DnsReply.bytesMax(plain, DnsProtocol.UDP));

        assertThat(reply.length).isLessThanOrEqualTo(512);
        assertThat(Bytes.getShort(reply, 2) & TC).isNotZero();
        assertThat(DnsReply.answerCount(reply)).isEqualTo((512 - plain.questionEnd()) / 16);
    }

    @Test
    void ednsLetsMoreThrough() {
        DnsQuery query = withEdns(query("large.com", RecordType.A), 1232);
        byte[] reply = DnsReply.found(query, many(256), DnsReply.bytesMax(query, DnsProtocol.UDP));

        // As many as Istio's proxy sends to the same query.
        assertThat(DnsReply.answerCount(reply)).isEqualTo(74);
        assertThat(reply.length).isLessThanOrEqualTo(1232);
        assertThat(DnsReply.isTruncated(reply)).isTrue();
    }

    @Test
    void aStreamTakesAll() {
        DnsQuery query = query("large.com", RecordType.A);
        byte[] reply = DnsReply.found(query, many(256), DnsReply.bytesMax(query, DnsProtocol.TCP));

        assertThat(DnsReply.answerCount(reply)).isEqualTo(256);
        assertThat(DnsReply.isTruncated(reply)).isFalse();
        assertThat(DnsReply.addresses(query, reply, IpAddress.Family.IPV4)).hasSize(256);
    }

    @Test
    void notEvenAStreamTakesMoreThanItsLengthCanSay() {
        DnsQuery query = query("large.com", RecordType.A);
        byte[] reply = DnsReply.found(query, many(5000), DnsReply.bytesMax(query, DnsProtocol.TCP));

        assertThat(reply.length).isLessThanOrEqualTo(65_535);
        assertThat(DnsReply.isTruncated(reply)).isTrue();
    }

    @Test
    void theLongestNameFitsIntoTheSmallestReply() {
        String label = "a".repeat(63);
        String name = label + "." + label + "." + label + "." + "a".repeat(43) + ".svc.cluster.local";
        DnsQuery query = withEdns(query(name, RecordType.A), 512);
        var owner = new DnsName(name).before(new DnsName("cluster.local")).orElseThrow();
        byte[] reply = DnsReply.found(query, found(owner.text(), "1.2.3.4"), 512);

        assertThat(reply.length).isLessThanOrEqualTo(512);
        assertThat(DnsReply.isTruncated(reply)).isTrue();
    }

    @Test
    void aRelayedReplyIsUnderTheClientsIdAndNotOurs() {
        DnsQuery query = query("www.bing.com", RecordType.A);
        DnsQuery upstream = query.withFreshId(new Random(99));
        byte[] answer = DnsReply.found(upstream, found("www.bing.com", "1.1.1.1"), 512);
        byte[] reply = DnsReply.relayed(query, answer, 512);

        assertThat(upstream.isAnsweredBy(answer)).isTrue();
        assertThat(query.isAnsweredBy(answer)).isFalse();
        assertThat(query.isAnsweredBy(reply)).isTrue();
        assertThat(Bytes.getShort(reply, 2)).isEqualTo(QR | RD | RA);
        assertThat(DnsReply.addresses(query, reply, IpAddress.Family.IPV4)).containsExactly(IpAddress.of("1.1.1.1"));
    }

    @Test
    void aFreshQueryIsSpelledAsNoOther() {
        DnsQuery query = query("a-name-with-many-letters.example.com", RecordType.A);
        DnsQuery one = query.withFreshId(new Random(1));
        DnsQuery other = query.withFreshId(new Random(2));

        assertThat(one.spelling()).isNotEqualTo(other.spelling()).isEqualToIgnoringCase(query.spelling());
        assertThat(one.question()).isEqualTo(query.question());
        assertThat(one.bytes()).hasSameSizeAs(query.bytes());
    }

    @Test
    void upstreamsCodeIsPassedOn() {
        DnsQuery query = query("nowhere.io", RecordType.A);
        byte[] upstream = DnsReply.failure(query, ResponseCode.NO_ERROR);
        upstream[3] |= 3;

        assertThat(DnsReply.code(DnsReply.relayed(query, upstream, 512))).isEqualTo(3);
    }

    @Test
    void theClientFindsItsOwnSpelling() {
        byte[] spelled = query("www.bing.com", RecordType.A).bytes();
        spelled[13] = 'W';
        DnsQuery query = ((Asked) QueryReading.of(spelled)).query();
        byte[] lower = query("www.bing.com", RecordType.A).bytes();
        lower[2] |= (byte) 0x80;
        byte[] reply = DnsReply.relayed(query, lower, 512);

        assertThat(query.isAnsweredBy(lower)).isTrue();
        assertThat(new String(reply, 13, 3, StandardCharsets.US_ASCII)).isEqualTo("Www");
    }

    @Test
    void whatUpstreamMadeTooLargeIsLeftForTcp() {
        DnsQuery query = query("large.com", RecordType.A);
        byte[] upstream = DnsReply.found(query, many(256), 65_535);
        byte[] reply = DnsReply.relayed(query, upstream, 512);

        assertThat(DnsReply.isTruncated(reply)).isTrue();
        assertThat(DnsReply.answerCount(reply)).isZero();
        assertThat(query.isAnsweredBy(reply)).isTrue();
    }
}

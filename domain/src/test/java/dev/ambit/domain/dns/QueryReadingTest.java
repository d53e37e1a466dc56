package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.dns.QueryReading.Asked;
import dev.ambit.domain.dns.QueryReading.Ignored;
import dev.ambit.domain.dns.QueryReading.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryReadingTest {

    private static byte[] query(String name, int type) {
        return DnsQuery.of(new DnsQuestion(new DnsName(name), type, 1), new Random(7))
                .orElseThrow()
                .bytes();
    }

    /** Appends an OPT record. */
    static byte[] withEdns(byte[] query, int payload, int version, boolean dnssecOk) {
        byte[] longer = java.util.Arrays.copyOf(query, query.length + 11);
        Bytes.putShort(longer, 10, Bytes.getShort(query, 10) + 1);
        Bytes.putShort(longer, query.length + 1, RecordType.OPT);
        Bytes.putShort(longer, query.length + 3, payload);
        longer[query.length + 6] = (byte) version;
        Bytes.putShort(longer, query.length + 7, dnssecOk ? 0x8000 : 0);
        return longer;
    }

    private static byte[] changed(byte[] message, Consumer<byte[]> change) {
        byte[] copy = message.clone();
        change.accept(copy);
        return copy;
    }

    private static int code(QueryReading reading) {
        assertThat(reading).isInstanceOf(Refused.class);
        return DnsReply.code(((Refused) reading).reply().bytes());
    }

    @Test
    void aQueryIsRead() {
        byte[] bytes = query("Productpage.ns1", RecordType.AAAA);
        var asked = (Asked) QueryReading.of(bytes);

        assertThat(asked.query().question())
                .isEqualTo(new DnsQuestion(new DnsName("productpage.ns1"), RecordType.AAAA, 1));
        assertThat(asked.query().edns().present()).isFalse();
        assertThat(asked.query().bytes()).isEqualTo(bytes);
    }

    @Test
    void whatNoHostNameHasIsSpelledOut() {
        byte[] odd = changed(query("abc.example", 1), message -> {
            message[13] = '.';
            message[14] = 0;
            message[15] = (byte) 0xe9;
        });

        assertThat(((Asked) QueryReading.of(odd)).query().question().name())
                .isEqualTo(new DnsName("\\046\\000\\233.example"));
    }

    @Test
    void ednsIsRead() {
        var asked = (Asked) QueryReading.of(withEdns(query("a.io", 1), 1232, 0, true));

        assertThat(asked.query().edns()).isEqualTo(new Edns(true, 1232, true, 0));
    }

    @Test
    void aPayloadBelowTheMinimumMeansTheMinimum() {
        var asked = (Asked) QueryReading.of(withEdns(query("a.io", 1), 100, 0, false));

        assertThat(asked.query().edns().payload()).isEqualTo(512);
    }

    @Test
    void anotherEdnsVersionIsRefusedWithItsOwnCode() {
        var refused = (Refused) QueryReading.of(withEdns(query("a.io", 1), 1232, 1, false));
        byte[] reply = refused.reply().bytes();

        assertThat(DnsReply.code(reply)).isZero();
        // 16 is 1 in the eight bits that the OPT record adds above the header's four
        assertThat(reply[reply.length - 6]).isEqualTo((byte) 1);
    }

    @Test
    void twoOptRecordsAreOneTooMany() {
        byte[] twice = withEdns(withEdns(query("a.io", 1), 1232, 0, false), 1232, 0, false);

        assertThat(code(QueryReading.of(twice))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @Test
    void aReplyIsAFormatError() {
        byte[] reply = changed(query("a.io", 1), message -> message[2] |= (byte) 0x80);

        assertThat(code(QueryReading.of(reply))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6, 15})
    void otherOperationsAreNotImplemented(int opcode) {
        byte[] update = changed(query("a.io", 1), message -> message[2] |= (byte) (opcode << 3));
        var refused = (Refused) QueryReading.of(update);

        assertThat(DnsReply.code(refused.reply().bytes())).isEqualTo(ResponseCode.NOT_IMPLEMENTED.number());
        assertThat((refused.reply().bytes()[2] >>> 3) & 0xf).isEqualTo(opcode);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 65_535})
    void oneQuestionIsAllowed(int count) {
        byte[] several = changed(query("a.io", 1), message -> Bytes.putShort(message, 4, count));

        assertThat(code(QueryReading.of(several))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @Test
    void aPointerInAQuestionPointsNowhere() {
        byte[] looping = changed(query("a.io", 1), message -> {
            message[12] = (byte) 0xc0;
            message[13] = 12;
        });

        assertThat(code(QueryReading.of(looping))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @Test
    void moreRecordsThanThereAreIsAFormatError() {
        byte[] lying = changed(query("a.io", 1), message -> Bytes.putShort(message, 10, 65_535));

        assertThat(code(QueryReading.of(lying))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @Test
    void everyBeginningOfAQueryIsRefusedOrIgnored() {
        byte[] whole = withEdns(query("productpage.ns1", 1), 1232, 0, false);
        for (int length = 0; length < whole.length; length++) {
            QueryReading reading = QueryReading.of(java.util.Arrays.copyOf(whole, length));

            if (length < 12) {
                assertThat(reading).isInstanceOf(Ignored.class);
            } else {
                assertThat(code(reading)).as("length " + length).isEqualTo(ResponseCode.FORMAT_ERROR.number());
            }
        }
    }

    @Test
    void aHugeQueryIsRefused() {
        byte[] huge = java.util.Arrays.copyOf(query("a.io", 1), DnsQuery.BYTES_MAX + 1);

        assertThat(code(QueryReading.of(huge))).isEqualTo(ResponseCode.FORMAT_ERROR.number());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", "über.io", "a b", "a.io/x"})
    void whatIsNotAHostNameIsNotSent(String name) {
        assertThat(DnsQuery.of(new DnsQuestion(new DnsName(name), 1, 1), new Random(1)))
                .isEmpty();
    }

    @Test
    void longNamesAreNotSent() {
        String label = "a".repeat(63);
        String longest = label + "." + label + "." + label + "." + "a".repeat(61);

        assertThat(DnsQuery.of(new DnsQuestion(new DnsName(longest), 1, 1), new Random(1)))
                .isPresent();
        assertThat(DnsQuery.of(new DnsQuestion(new DnsName(longest + "a"), 1, 1), new Random(1)))
                .isEmpty();
        assertThat(DnsQuery.of(new DnsQuestion(new DnsName(label + "a.io"), 1, 1), new Random(1)))
                .isEmpty();
        assertThat(new String(query(longest, 1), 13, 63, StandardCharsets.US_ASCII))
                .isEqualTo(label);
    }
}

package dev.ambit.domain.dns;

import java.util.Optional;

/** What a message that a client sent is. */
public sealed interface QueryReading {

    /** A query that can be answered. */
    record Asked(DnsQuery query) implements QueryReading {}

    /** Something else, to which there is an answer nevertheless. */
    record Refused(Reply reply, String why) implements QueryReading {}

    /** Too little to answer. */
    record Ignored(String why) implements QueryReading {}

    /** A reply's bytes; copied, so that the reading stays as it was. */
    final class Reply {
        private final byte[] bytes;

        private Reply(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** Reads any bytes; never throws. */
    static QueryReading of(byte[] message) {
        if (message.length < DnsQuery.HEADER_BYTES) {
            return new Ignored("message of " + message.length + " bytes is shorter than a header");
        }
        if (Bytes.isReply(message)) {
            return refused(message, ResponseCode.FORMAT_ERROR, "a reply, not a query");
        }
        int opcode = (message[2] >>> 3) & 0xf;
        if (opcode != 0) {
            return refused(message, ResponseCode.NOT_IMPLEMENTED, "operation " + opcode + " is not a query");
        }
        if (message.length > DnsQuery.BYTES_MAX) {
            return refused(
                    message,
                    ResponseCode.FORMAT_ERROR,
                    "query of " + message.length + " bytes; at most " + DnsQuery.BYTES_MAX + " are read");
        }
        int questions = Bytes.getShort(message, 4);
        if (questions != 1) {
            return refused(message, ResponseCode.FORMAT_ERROR, questions + " questions instead of one");
        }
        return asked(message);
    }

    private static QueryReading asked(byte[] message) {
        Optional<DnsName> name = NameBytes.read(message, DnsQuery.HEADER_BYTES);
        int nameEnd = NameBytes.skip(message, DnsQuery.HEADER_BYTES);
        if (name.isEmpty() || nameEnd + 4 > message.length) {
            return refused(message, ResponseCode.FORMAT_ERROR, "the question is not one");
        }
        int end = nameEnd + 4;
        var question =
                new DnsQuestion(name.get(), Bytes.getShort(message, nameEnd), Bytes.getShort(message, nameEnd + 2));
        Optional<Edns> edns = Records.edns(message, end);
        if (edns.isEmpty()) {
            return refused(message, ResponseCode.FORMAT_ERROR, "the records after the question are not records");
        }
        var query = new DnsQuery(message, question, end, edns.get());
        if (edns.get().version() != 0) {
            return new Refused(
                    new Reply(DnsReply.failure(query, ResponseCode.BAD_VERSION)),
                    "EDNS version " + edns.get().version() + " instead of 0");
        }
        return new Asked(query);
    }

    private static QueryReading refused(byte[] message, ResponseCode code, String why) {
        return new Refused(new Reply(DnsReply.failure(message, code)), why);
    }
}

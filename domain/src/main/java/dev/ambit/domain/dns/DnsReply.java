package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import java.util.Arrays;
import java.util.List;

/** Replies, as bytes. None is larger than the client takes: what does not fit is left out, and TC says so. */
public final class DnsReply {

    /** What every client takes in a datagram (RFC 1035 section 4.2.1). */
    public static final int DATAGRAM_BYTES_MIN = 512;

    /** The largest UDP payload over IPv4. */
    private static final int DATAGRAM_BYTES_MAX = 65_507;

    /** The length in front of a message on a stream has 16 bits. */
    private static final int STREAM_BYTES_MAX = 65_535;

    /** Istio's: short, because endpoints come and go. */
    private static final int TTL_SECONDS = 30;

    private static final int REPLY = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_AVAILABLE = 0x0080;

    /** What a reply takes over from the query: operation, recursion desired, checking disabled. */
    private static final int COPIED = 0x7910;

    private static final int QUESTION_POINTER = 0xc00c;
    private static final int POINTER = 0xc000;
    private static final int OPT_BYTES = 11;

    /** Owner by pointer, the fixed part, an IPv6 address. */
    private static final int ADDRESS_RECORD_BYTES_MAX = 28;

    /** Owner by pointer and the fixed part of a record. */
    private static final int RECORD_BYTES = 12;

    private static final int CODE_MASK = 0xf;

    /** How large a reply may be. */
    public static int bytesMax(DnsQuery query, DnsProtocol protocol) {
        return switch (protocol) {
            case UDP -> Math.clamp(query.edns().payload(), DATAGRAM_BYTES_MIN, DATAGRAM_BYTES_MAX);
            case TCP -> STREAM_BYTES_MAX;
        };
    }

    /** The address records of a service, after a CNAME record if they are not the requested name's. */
    public static byte[] found(DnsQuery query, Resolution.Found found, int bytesMax) {
        int needed = DATAGRAM_BYTES_MIN + found.addresses().size() * ADDRESS_RECORD_BYTES_MAX;
        var writing = new Writing(query, Math.min(bytesMax, needed));
        int owner = QUESTION_POINTER;
        if (!found.owner().equals(query.question().name())) {
            owner = writing.cname(found.owner().labelCount());
        }
        for (IpAddress address : found.addresses()) {
            if (!writing.address(owner, address)) {
                break;
            }
        }
        return writing.finish(AUTHORITATIVE, ResponseCode.NO_ERROR);
    }

    /** Success without records, from the authority. */
    public static byte[] empty(DnsQuery query) {
        return new Writing(query, DATAGRAM_BYTES_MIN).finish(AUTHORITATIVE, ResponseCode.NO_ERROR);
    }

    public static byte[] failure(DnsQuery query, ResponseCode code) {
        return new Writing(query, DATAGRAM_BYTES_MIN).finish(0, code);
    }

    /** The header alone: to a message of at least a header's length of which nothing else can be relied upon. */
    static byte[] failure(byte[] message, ResponseCode code) {
        byte[] reply = new byte[DnsQuery.HEADER_BYTES];
        System.arraycopy(message, 0, reply, 0, 2);
        int copied = Bytes.getShort(message, 2) & COPIED;
        Bytes.putShort(reply, 2, REPLY | copied | RECURSION_AVAILABLE | code.number());
        return reply;
    }

    /** What another server replied to this query, under the client's id; from there it is not the authority's. */
    public static byte[] relayed(DnsQuery query, byte[] upstream, int bytesMax) {
        int flags = ((Bytes.getShort(upstream, 2) & ~AUTHORITATIVE) | RECURSION_AVAILABLE) & 0xffff;
        if (upstream.length > bytesMax) {
            var writing = new Writing(query, DATAGRAM_BYTES_MIN);
            writing.truncated = true;
            return writing.finish(0, flags & CODE_MASK);
        }
        byte[] reply = upstream.clone();
        Bytes.putShort(reply, 0, query.id());
        Bytes.putShort(reply, 2, flags);
        // The client finds its question as it spelled it: some compare the case, as a defence.
        query.copyQuestionOnlyTo(reply);
        return reply;
    }

    /** The response code of a message of at least a header's length. */
    public static int code(byte[] reply) {
        return reply[3] & CODE_MASK;
    }

    /** Whether the message, of at least a header's length, leaves out what did not fit. */
    public static boolean isTruncated(byte[] reply) {
        return (Bytes.getShort(reply, 2) & TRUNCATED) != 0;
    }

    /** How many answers a message of at least a header's length claims to have. */
    public static int answerCount(byte[] reply) {
        return Bytes.getShort(reply, 6);
    }

    /** The addresses of a family in a reply that {@linkplain DnsQuery#isAnsweredBy answers} this query. */
    public static List<IpAddress> addresses(DnsQuery query, byte[] reply, IpAddress.Family family) {
        return Records.addresses(reply, query.questionEnd(), family);
    }

    /** A reply under construction: header and question first, the OPT record last. */
    private static final class Writing {
        private final DnsQuery query;
        private final byte[] reply;
        private final int recordsEnd;
        private int at;
        private int answers;
        private boolean truncated;

        Writing(DnsQuery query, int bytesMax) {
            this.query = query;
            this.reply = new byte[bytesMax];
            this.recordsEnd = bytesMax - (query.edns().present() ? OPT_BYTES : 0);
            query.copyQuestionTo(reply);
            this.at = query.questionEnd();
        }

        /** Writes that the requested name stands for its own first labels, and where these are. */
        int cname(int labels) {
            int end = NameBytes.skipLabels(reply, DnsQuery.HEADER_BYTES, labels);
            byte[] target = Arrays.copyOfRange(reply, DnsQuery.HEADER_BYTES, end + 1);
            target[target.length - 1] = 0;
            int place = at + RECORD_BYTES;
            record(QUESTION_POINTER, RecordType.CNAME, target);
            return POINTER | place;
        }

        /** False if there is no room. */
        boolean address(int owner, IpAddress address) {
            return record(owner, DnsQuestion.typeOf(address.family()), address.bytes());
        }

        private boolean record(int owner, int type, byte[] data) {
            if (at + RECORD_BYTES + data.length > recordsEnd) {
                truncated = true;
                return false;
            }
            put(owner);
            put(type);
            put(DnsQuestion.INTERNET);
            put(0);
            put(TTL_SECONDS);
            put(data.length);
            System.arraycopy(data, 0, reply, at, data.length);
            at += data.length;
            answers++;
            return true;
        }

        private void put(int value) {
            Bytes.putShort(reply, at, value);
            at += 2;
        }

        byte[] finish(int flags, ResponseCode code) {
            return finish(flags, code.number());
        }

        byte[] finish(int flags, int code) {
            Edns edns = query.edns();
            if (edns.present()) {
                reply[at++] = 0;
                put(RecordType.OPT);
                put(edns.payload());
                put((code >>> 4) << 8);
                put(edns.dnssecOk() ? 0x8000 : 0);
                put(0);
            }
            int copied = query.flags() & COPIED;
            Bytes.putShort(
                    reply,
                    2,
                    REPLY | copied | flags | RECURSION_AVAILABLE | (truncated ? TRUNCATED : 0) | (code & CODE_MASK));
            Bytes.putShort(reply, 6, answers);
            Bytes.putShort(reply, 8, 0);
            Bytes.putShort(reply, 10, edns.present() ? 1 : 0);
            return Arrays.copyOf(reply, at);
        }
    }

    private DnsReply() {}
}

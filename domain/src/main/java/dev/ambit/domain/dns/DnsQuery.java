package dev.ambit.domain.dns;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A query of RFC 1035 with exactly one question, as it came. Immutable: arrays are copied on their way in and out.
 *
 * <p>It keeps its bytes, so that whoever forwards it forwards what the client said and not what we made of it.
 */
public final class DnsQuery {

    /** A question is 12 + 255 + 4 bytes; the rest is for EDNS options and signatures. */
    public static final int BYTES_MAX = 4096;

    static final int HEADER_BYTES = 12;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int IDS = 1 << 16;
    private static final byte CASE_BIT = 0x20;

    /** Type and class, after the name. */
    private static final int QUESTION_NUMBERS_BYTES = 4;

    private final byte[] bytes;
    private final DnsQuestion question;
    private final int questionEnd;
    private final Edns edns;

    DnsQuery(byte[] bytes, DnsQuestion question, int questionEnd, Edns edns) {
        this.bytes = bytes.clone();
        this.question = question;
        this.questionEnd = questionEnd;
        this.edns = edns;
    }

    /** A query of our own, for recursion; empty if the name cannot be sent (a label of 0 or more than 63 characters, more than 255 in all). */
    public static Optional<DnsQuery> of(DnsQuestion question, RandomGenerator random) {
        return NameBytes.write(question.name()).map(name -> {
            byte[] bytes = new byte[HEADER_BYTES + name.length + 4];
            System.arraycopy(name, 0, bytes, HEADER_BYTES, name.length);
            Bytes.putShort(bytes, 0, random.nextInt(IDS));
            Bytes.putShort(bytes, 2, RECURSION_DESIRED);
            Bytes.putShort(bytes, 4, 1);
            Bytes.putShort(bytes, bytes.length - 4, question.type());
            Bytes.putShort(bytes, bytes.length - 2, question.recordClass());
            return new DnsQuery(bytes, question, bytes.length, Edns.NONE);
        });
    }

    public DnsQuestion question() {
        return question;
    }

    /** 0 to 65535. */
    public int id() {
        return Bytes.getShort(bytes, 0);
    }

    /** The question exactly as it is spelled, as text that is equal for no other spelling. */
    public String spelling() {
        return new String(bytes, HEADER_BYTES, questionEnd - HEADER_BYTES, StandardCharsets.ISO_8859_1);
    }

    /** The message. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * The same query under an id that nobody can guess, so that nobody else can answer it, and with its letters in a random
     * mixture of cases, which means the same but tells it from every other query.
     */
    public DnsQuery withFreshId(RandomGenerator random) {
        byte[] changed = bytes.clone();
        Bytes.putShort(changed, 0, random.nextInt(IDS));
        for (int i = HEADER_BYTES; i < questionEnd - QUESTION_NUMBERS_BYTES; i++) {
            // The length of a label is never as high as a letter.
            if (Bytes.isLetter(changed[i]) && random.nextInt(2) == 0) {
                changed[i] ^= CASE_BIT;
            }
        }
        return new DnsQuery(changed, question, questionEnd, edns);
    }

    /** Whether a message claims to be the reply to this query: its id and its question, in whatever case. */
    public boolean isAnsweredBy(byte[] reply) {
        if (reply.length < questionEnd
                || Bytes.getShort(reply, 0) != id()
                || !Bytes.isReply(reply)
                || Bytes.getShort(reply, 4) != 1) {
            return false;
        }
        for (int i = HEADER_BYTES; i < questionEnd; i++) {
            if (Bytes.folded(reply[i]) != Bytes.folded(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    int flags() {
        return Bytes.getShort(bytes, 2);
    }

    /** Where the question ends; it begins after the header. */
    int questionEnd() {
        return questionEnd;
    }

    /** Copies header and question to the beginning of another message. */
    void copyQuestionTo(byte[] target) {
        System.arraycopy(bytes, 0, target, 0, questionEnd);
    }

    /** Puts the question, as it was asked, over the one that another message has in the same place. */
    void copyQuestionOnlyTo(byte[] target) {
        System.arraycopy(bytes, HEADER_BYTES, target, HEADER_BYTES, questionEnd - HEADER_BYTES);
    }

    public Edns edns() {
        return edns;
    }

    @Override
    public String toString() {
        return question.name() + " " + RecordType.label(question.type());
    }
}

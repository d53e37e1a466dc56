package dev.ambit.domain.dns;

/**
 * What a query says in its OPT record (RFC 6891).
 *
 * @param payload how large a datagram the client takes, bytes
 * @param dnssecOk the DO bit
 */
public record Edns(boolean present, int payload, boolean dnssecOk, int version) {

    /** A query without it. */
    public static final Edns NONE = new Edns(false, DnsReply.DATAGRAM_BYTES_MIN, false, 0);
}

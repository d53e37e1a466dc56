package dev.ambit.domain.dns;

import java.util.Map;

/** Numbers of record types (IANA, "Domain Name System (DNS) Parameters") and their names. */
public final class RecordType {
    public static final int A = 1;
    public static final int CNAME = 5;
    public static final int AAAA = 28;

    /** The pseudo-record of EDNS (RFC 6891). */
    public static final int OPT = 41;

    private static final Map<Integer, String> LABELS = Map.ofEntries(
            Map.entry(A, "a"),
            Map.entry(2, "ns"),
            Map.entry(CNAME, "cname"),
            Map.entry(6, "soa"),
            Map.entry(12, "ptr"),
            Map.entry(13, "hinfo"),
            Map.entry(15, "mx"),
            Map.entry(16, "txt"),
            Map.entry(AAAA, "aaaa"),
            Map.entry(33, "srv"),
            Map.entry(35, "naptr"),
            Map.entry(OPT, "opt"),
            Map.entry(43, "ds"),
            Map.entry(44, "sshfp"),
            Map.entry(46, "rrsig"),
            Map.entry(47, "nsec"),
            Map.entry(48, "dnskey"),
            Map.entry(52, "tlsa"),
            Map.entry(64, "svcb"),
            Map.entry(65, "https"),
            Map.entry(251, "ixfr"),
            Map.entry(252, "axfr"),
            Map.entry(255, "any"),
            Map.entry(257, "caa"));

    /** The lower-case name, as a metric label; {@code unknown} for a type that is rarely asked for. */
    public static String label(int type) {
        return LABELS.getOrDefault(type, "unknown");
    }

    private RecordType() {}
}

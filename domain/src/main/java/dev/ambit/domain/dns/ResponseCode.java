package dev.ambit.domain.dns;

/** What became of a query (RFC 1035 section 4.1.1, RFC 6891 section 9). */
public enum ResponseCode {
    NO_ERROR(0),
    /** The query makes no sense. */
    FORMAT_ERROR(1),
    /** Nobody could be asked, or none answered. */
    SERVER_FAILURE(2),
    NOT_IMPLEMENTED(4),
    REFUSED(5),
    /** An EDNS version that is not 0; half of this number travels in the OPT record. */
    BAD_VERSION(16);

    private final int number;

    ResponseCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}

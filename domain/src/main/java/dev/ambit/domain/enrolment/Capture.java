package dev.ambit.domain.enrolment;

/** What of an enrolled pod's traffic goes to its node proxy. */
public enum Capture {
    /** TCP; the pod asks its own name servers. */
    CONNECTIONS,
    /** TCP, and what the pod asks name servers. */
    CONNECTIONS_AND_NAMES
}

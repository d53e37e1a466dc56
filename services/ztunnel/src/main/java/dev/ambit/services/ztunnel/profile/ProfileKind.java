package dev.ambit.services.ztunnel.profile;

/** What there is a profile of. */
public enum ProfileKind {
    /** Where threads are that run Java code. */
    CPU,
    /** The same by CPU time, native code with it; the JVM calls this experimental (JEP 509). */
    CPU_TIME,
    /** Who allocates. */
    ALLOCATIONS,
    /** What lives, by class. The JVM pauses for it, as for a full collection. */
    HEAP
}

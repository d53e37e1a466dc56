package dev.ambit.domain.workload;

/** The name and revision under which a workload's telemetry is grouped. */
public record CanonicalService(String name, String revision) {}

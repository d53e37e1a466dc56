package dev.ambit.domain.workload;

/** Where a workload runs; each part may be empty when unknown. */
public record Locality(String region, String zone, String subzone) {
    public static final Locality UNKNOWN = new Locality("", "", "");
}

package dev.ambit.domain.workload;

/** How a workload's node wants to be reached. */
public enum TunnelProtocol {
    /** Plain TCP: the workload is outside the mesh. */
    NONE,
    /** HTTP CONNECT over mutual TLS on port 15008. */
    HBONE
}

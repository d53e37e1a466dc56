package dev.ambit.domain.workload;

/** Whether the workload has addresses of its own or shares its node's. */
public enum NetworkMode {
    STANDARD,
    HOST_NETWORK
}

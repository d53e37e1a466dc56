package dev.ambit.domain.issuing;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.workload.PodRef;

/** A live (not finished) pod as the node check needs to know it: who it is and where it runs. */
public record PodRecord(PodRef ref, SpiffeId identity, String node) {}

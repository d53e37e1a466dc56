package dev.ambit.domain.workload;

import java.util.Map;
import java.util.OptionalInt;

/** The ports of one service as one workload serves them: service port to the workload's own port. */
public record PortMap(Map<Integer, Integer> targets) {
    public PortMap {
        targets = Map.copyOf(targets);
    }

    public OptionalInt target(int servicePort) {
        Integer target = targets.get(servicePort);
        return target == null ? OptionalInt.empty() : OptionalInt.of(target);
    }
}

package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.ServiceFacts.PortFacts;
import dev.ambit.domain.workload.PortMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** On which of its own ports a workload serves each port of a service. */
final class PortMaps {
    private PortMaps() {}

    /** Of a pod: by the name of a container's port, else by number. A name that the pod does not have leaves the port out. */
    static PortMap ofPod(Target target, Map<String, Integer> containerPorts) {
        Map<Integer, Integer> targets = new HashMap<>();
        for (PortFacts port : target.ports()) {
            Optional<Integer> named =
                    Optional.ofNullable(containerPorts.get(target.entry() ? port.name() : port.targetName()));
            if (target.entry()) {
                targets.put(port.port(), named.orElse(port.target()));
            } else if (port.target() != 0) {
                targets.put(port.port(), port.target());
            } else {
                named.ifPresent(number -> targets.put(port.port(), number));
            }
        }
        return new PortMap(targets);
    }

    /** Of an endpoint that gives its ports by name: that of the target, if a Service names one, else that of the port. */
    static PortMap ofEndpoint(Target target, Map<String, Integer> endpointPorts) {
        Map<Integer, Integer> targets = new HashMap<>();
        for (PortFacts port : target.ports()) {
            if (port.target() == 0) {
                Optional.ofNullable(endpointPorts.get(port.targetName()))
                        .ifPresent(number -> targets.put(port.port(), number));
            } else {
                targets.put(port.port(), endpointPorts.getOrDefault(port.name(), port.target()));
            }
        }
        return new PortMap(targets);
    }

    /** Of an EndpointSlice, whose ports carry the names of the service's ports. */
    static PortMap ofSlice(List<PortFacts> ports, Map<String, Integer> slicePorts) {
        Map<Integer, Integer> targets = new HashMap<>();
        for (PortFacts port : ports) {
            Optional.ofNullable(slicePorts.get(port.name())).ifPresent(number -> targets.put(port.port(), number));
        }
        return new PortMap(targets);
    }
}

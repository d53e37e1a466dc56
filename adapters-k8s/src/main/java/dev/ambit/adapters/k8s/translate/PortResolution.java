package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.workload.PortMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the port on which one workload serves each port of a service. TCP only. */
final class PortResolution {
    private PortResolution() {}

    /** By the service's target ports; a named one that the pod does not have is left out. */
    static PortMap ofPod(Service service, Pod pod) {
        Map<Integer, Integer> targets = new HashMap<>();
        ServiceTranslator.tcpPorts(service)
                .forEach(port -> target(port, pod).ifPresent(target -> targets.put(port.getPort(), target)));
        return new PortMap(targets);
    }

    /** By the slice's own ports, which carry the names of the service's ports. */
    static PortMap ofSlice(Service service, EndpointSlice slice) {
        Map<Integer, Integer> targets = new HashMap<>();
        ServiceTranslator.tcpPorts(service)
                .forEach(port -> Fields.list(slice.getPorts()).stream()
                        .filter(served -> serves(served, port))
                        .findFirst()
                        .ifPresent(served -> targets.put(port.getPort(), served.getPort())));
        return new PortMap(targets);
    }

    /** The target port if it is a number; the service's own port if it says nothing. */
    static Optional<Integer> numericTarget(ServicePort port) {
        @Nullable IntOrString target = port.getTargetPort();
        if (target == null
                || (target.getIntVal() == null
                        && Fields.text(target.getStrVal()).isEmpty())) {
            return Optional.of(port.getPort());
        }
        return Optional.ofNullable(target.getIntVal());
    }

    private static boolean serves(EndpointPort served, ServicePort port) {
        return served.getPort() != null
                && ServiceTranslator.isTcp(served.getProtocol())
                && Fields.text(served.getName()).equals(Fields.text(port.getName()));
    }

    private static Optional<Integer> target(ServicePort port, Pod pod) {
        Optional<Integer> number = numericTarget(port);
        return number.isPresent() ? number : named(port.getTargetPort().getStrVal(), pod);
    }

    private static Optional<Integer> named(String name, Pod pod) {
        return containers(pod)
                .flatMap(container -> Fields.list(container.getPorts()).stream())
                .filter(port -> name.equals(port.getName()) && ServiceTranslator.isTcp(port.getProtocol()))
                .map(ContainerPort::getContainerPort)
                .filter(port -> port != null)
                .findFirst();
    }

    /** The containers that run beside each other: init containers only if they keep running. */
    private static Stream<Container> containers(Pod pod) {
        return Stream.concat(
                Fields.list(Pods.spec(pod).getContainers()).stream(),
                Fields.list(Pods.spec(pod).getInitContainers()).stream()
                        .filter(container -> "Always".equals(container.getRestartPolicy())));
    }
}

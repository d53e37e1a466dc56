package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.workload.PortMap;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which services a pod backs: those that select it, and those without selector that name it in an EndpointSlice. */
final class ServiceMembership {
    static final String SERVICE_NAME = "kubernetes.io/service-name";

    private final ServiceTranslator translator;
    private final Map<String, List<Service>> selecting = new HashMap<>();
    private final Map<String, Service> byName = new HashMap<>();
    private final Map<String, List<SliceEntry>> slicesByPod = new HashMap<>();

    private record SliceEntry(EndpointSlice slice, Service service, String podUid) {}

    ServiceMembership(KubernetesObjects objects, ServiceTranslator translator) {
        this.translator = translator;
        for (Service service : objects.services()) {
            if (ServiceTranslator.isAlias(service)) {
                continue;
            }
            String namespace = Fields.namespace(service);
            byName.put(namespace + "/" + Fields.name(service), service);
            if (hasSelector(service)) {
                selecting.computeIfAbsent(namespace, _ -> new ArrayList<>()).add(service);
            }
        }
        objects.endpointSlices().forEach(this::index);
    }

    private void index(EndpointSlice slice) {
        Optional<Service> service = serviceOf(slice).filter(found -> !hasSelector(found));
        for (Endpoint endpoint : Fields.list(slice.getEndpoints())) {
            ObjectReference target = endpoint.getTargetRef();
            if (service.isPresent() && isPod(target)) {
                String pod = Fields.namespace(slice) + "/" + target.getName();
                slicesByPod
                        .computeIfAbsent(pod, _ -> new ArrayList<>())
                        .add(new SliceEntry(slice, service.get(), Fields.text(target.getUid())));
            }
        }
    }

    /** The service a slice belongs to, if it exists. */
    Optional<Service> serviceOf(EndpointSlice slice) {
        String name = Fields.labels(slice).getOrDefault(SERVICE_NAME, "");
        return Optional.ofNullable(byName.get(Fields.namespace(slice) + "/" + name));
    }

    Map<NamespacedHostname, PortMap> of(Pod pod) {
        Map<NamespacedHostname, PortMap> services = new HashMap<>();
        String namespace = Fields.namespace(pod);
        for (Service service : selecting.getOrDefault(namespace, List.of())) {
            if (Fields.selects(ServiceTranslator.spec(service).getSelector(), Fields.labels(pod))) {
                services.put(translator.key(service), PortResolution.ofPod(service, pod));
            }
        }
        String uid = Fields.text(Fields.metadata(pod).getUid());
        for (SliceEntry entry : slicesByPod.getOrDefault(namespace + "/" + Fields.name(pod), List.of())) {
            if (entry.podUid().isEmpty() || uid.isEmpty() || entry.podUid().equals(uid)) {
                services.put(translator.key(entry.service()), PortResolution.ofSlice(entry.service(), entry.slice()));
            }
        }
        return services;
    }

    private static boolean hasSelector(Service service) {
        return !Fields.map(ServiceTranslator.spec(service).getSelector()).isEmpty();
    }

    static boolean isPod(ObjectReference target) {
        return target != null && "Pod".equals(target.getKind());
    }
}

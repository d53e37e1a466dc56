package dev.ambit.services.cli.scale;

import dev.ambit.services.cli.scale.ApiWriter.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of pods in the mesh: ten behind each service, with one EndpointSlice each; 50 namespaces, 100 nodes in three zones.
 * Every pod is ready, has one container, two labels and the node agent's annotation, and its service's account.
 */
record Population(int pods) {
    private static final int PODS_PER_SERVICE = 10;
    private static final int NAMESPACES = 50;
    private static final int NODES = 100;
    private static final int ZONES = 3;
    private static final int PER_BLOCK = 250;

    int services() {
        return pods / PODS_PER_SERVICE;
    }

    /** In the order of their kinds: what comes later may need what came before. */
    List<List<List<Write>>> writes() {
        return List.of(
                IntStream.range(0, NAMESPACES).mapToObj(this::namespace).toList(),
                IntStream.range(0, NODES).mapToObj(this::node).toList(),
                IntStream.range(0, services()).mapToObj(this::service).toList(),
                IntStream.range(0, pods).mapToObj(this::pod).toList());
    }

    private static String namespaceOf(int service) {
        return "load-" + service % NAMESPACES;
    }

    private List<Write> namespace(int number) {
        return List.of(Write.create("/api/v1/namespaces", """
                {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"load-%d","labels":{"istio.io/dataplane-mode":"ambient"}}}""".formatted(number)));
    }

    private List<Write> node(int number) {
        return List.of(Write.create("/api/v1/nodes", """
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"node-%d","labels":{
                "topology.kubernetes.io/region":"r1","topology.kubernetes.io/zone":"z%d"}}}""".formatted(number, number % ZONES)));
    }

    private List<Write> service(int number) {
        String namespace = namespaceOf(number);
        String endpoints = IntStream.range(number * PODS_PER_SERVICE, (number + 1) * PODS_PER_SERVICE)
                .mapToObj(pod -> """
                        {"addresses":["%s"],"conditions":{"ready":true},"nodeName":"node-%d",
                        "targetRef":{"kind":"Pod","name":"pod-%d","namespace":"%s"}}""".formatted(address(pod), pod % NODES, pod, namespace))
                .collect(Collectors.joining(","));
        return List.of(
                Write.create("/api/v1/namespaces/" + namespace + "/services", """
                        {"apiVersion":"v1","kind":"Service","metadata":{"name":"service-%d"},
                        "spec":{"selector":{"app":"app-%d"},"ports":[{"name":"http","port":80,"targetPort":8080}]}}""".formatted(number, number)),
                Write.create("/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices", """
                        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
                        "metadata":{"name":"service-%d","labels":{"kubernetes.io/service-name":"service-%d"}},
                        "ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[%s]}""".formatted(
                                number, number, endpoints)));
    }

    private static String address(int pod) {
        return "10.%d.%d.%d"
                .formatted(128 + pod / (PER_BLOCK * PER_BLOCK), pod / PER_BLOCK % PER_BLOCK, 1 + pod % PER_BLOCK);
    }

    private List<Write> pod(int number) {
        int service = number / PODS_PER_SERVICE;
        String path = "/api/v1/namespaces/" + namespaceOf(service) + "/pods";
        return List.of(
                Write.create(path, """
                        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-%d","labels":{"app":"app-%d","version":"v1"},
                        "annotations":{"ambient.istio.io/redirection":"enabled"}},
                        "spec":{"nodeName":"node-%d","serviceAccountName":"account-%d",
                        "containers":[{"name":"app","image":"app:1","ports":[{"containerPort":8080}]}]}}""".formatted(number, service, number % NODES, service)),
                Write.merge(path + "/pod-" + number + "/status", """
                        {"status":{"phase":"Running","podIP":"%s","podIPs":[{"ip":"%s"}],
                        "conditions":[{"type":"Ready","status":"True"}]}}""".formatted(address(number), address(number))));
    }

    /** Changes what every proxy hears of one pod. */
    Write relabelled(int number, String revision) {
        return Write.merge(
                "/api/v1/namespaces/" + namespaceOf(number / PODS_PER_SERVICE) + "/pods/pod-" + number,
                """
                {"metadata":{"labels":{"service.istio.io/canonical-revision":"%s"}}}""".formatted(revision));
    }

    /** So many pods, far apart. */
    List<Integer> some(int count) {
        var some = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            some.add((int) ((long) i * pods / count));
        }
        return some;
    }
}

package dev.ambit.services.cli.lab;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machines of the lab as network namespaces: nodes on one bridge, and on every node a bridge of its own with the
 * node's pods behind it. Pod traffic between nodes is routed over the nodes' uplinks, as in a cluster.
 *
 * <p>Must run inside a network namespace made for it: the bridge that joins the nodes is created right here.
 */
public final class Network implements AutoCloseable {
    private static final String BRIDGE = "mesh0";
    private static final String GATEWAY = "10.77.0.254";

    private final Map<String, NetworkNamespace> open = new HashMap<>();

    /**
     * A node.
     *
     * @param address on the bridge that joins nodes
     * @param podSubnet first three octets of the /24 of its pods; empty for a machine without pods
     */
    public record Node(String name, String address, String podSubnet) {}

    /** A pod; its namespace is named {@code <namespace>-<name>}. */
    public record Pod(String namespace, String name, String address, Node node) {
        public String netns() {
            return namespace + "-" + name;
        }
    }

    /** Builds everything; what exists already is an error. */
    public void build(List<Node> nodes, List<Pod> pods) {
        var batch = new StringBuilder();
        line(batch, "link set lo up");
        line(batch, "link add " + BRIDGE + " type bridge");
        line(batch, "addr add " + GATEWAY + "/24 dev " + BRIDGE);
        line(batch, "link set " + BRIDGE + " up");
        Tool.run(batch.toString(), List.of("ip", "-batch", "-"));
        nodes.forEach(this::addNode);
        nodes.forEach(node -> routeToOthers(node, nodes));
        pods.forEach(this::addPod);
    }

    /** The namespace of a node or pod. The network keeps it open and closes it. */
    public NetworkNamespace namespace(String name) {
        return open.computeIfAbsent(name, key -> LinuxNetworkNamespace.open(Path.of("/run/netns", key)));
    }

    private void addNode(Node node) {
        String uplink = "up-" + node.name();
        Tool.run("ip", "netns", "add", node.name());
        var here = new StringBuilder();
        line(here, "link add " + uplink + " type veth peer name eth0 netns " + node.name());
        line(here, "link set " + uplink + " master " + BRIDGE + " up");
        Tool.run(here.toString(), List.of("ip", "-batch", "-"));
        var there = new StringBuilder();
        line(there, "link set lo up");
        line(there, "addr add " + node.address() + "/24 dev eth0");
        line(there, "link set eth0 up");
        line(there, "route add default via " + GATEWAY);
        if (!node.podSubnet().isEmpty()) {
            line(there, "link add pods0 type bridge");
            line(there, "addr add " + node.podSubnet() + ".254/24 dev pods0");
            line(there, "link set pods0 up");
        }
        Tool.run(there.toString(), List.of("ip", "-n", node.name(), "-batch", "-"));
        sysctl(node.name(), "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.eth0.rp_filter=0");
    }

    private static void routeToOthers(Node node, List<Node> nodes) {
        for (Node other : nodes) {
            if (!other.equals(node) && !other.podSubnet().isEmpty()) {
                String subnet = other.podSubnet() + ".0/24";
                Tool.run("ip", "-n", node.name(), "route", "add", subnet, "via", other.address());
            }
        }
    }

    private void addPod(Pod pod) {
        String netns = pod.netns();
        String link =
                "v" + pod.address().replace('.', '-').substring(pod.address().indexOf('.'));
        Tool.run("ip", "netns", "add", netns);
        var onNode = new StringBuilder();
        line(onNode, "link add " + link + " type veth peer name eth0 netns " + netns);
        line(onNode, "link set " + link + " master pods0 up");
        Tool.run(onNode.toString(), List.of("ip", "-n", pod.node().name(), "-batch", "-"));
        var inPod = new StringBuilder();
        line(inPod, "link set lo up");
        line(inPod, "addr add " + pod.address() + "/24 dev eth0");
        line(inPod, "link set eth0 up");
        line(inPod, "route add default via " + pod.node().podSubnet() + ".254");
        Tool.run(inPod.toString(), List.of("ip", "-n", netns, "-batch", "-"));
        sysctl(
                netns,
                "net.ipv4.ip_local_port_range=1024 65000",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.eth0.rp_filter=0");
    }

    private static void sysctl(String netns, String... settings) {
        for (String setting : settings) {
            Tool.run("ip", "netns", "exec", netns, "sysctl", "-qw", setting);
        }
    }

    private static void line(StringBuilder batch, String command) {
        batch.append(command).append('\n');
    }

    @Override
    public void close() {
        open.values().forEach(NetworkNamespace::close);
    }
}

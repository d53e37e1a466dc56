package dev.ambit.adapters.k8s.waypoint;

/** Which Gateway. */
record GatewayKey(String namespace, String name) implements Comparable<GatewayKey> {
    @Override
    public int compareTo(GatewayKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

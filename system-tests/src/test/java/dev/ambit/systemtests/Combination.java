package dev.ambit.systemtests;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who carries a connection, and who told them about the mesh.
 *
 * @param client the node proxy of the caller's node
 * @param server the node proxy of the called pod's node
 */
record Combination(Side client, Side server, Source source) {
    enum Side {
        OURS,
        THEIRS
    }

    enum Source {
        CONTROL_PLANE,
        /** The control plane, asked by name for what connections need. */
        ON_DEMAND,
        STATIC_FILE
    }

    /** How long certificates live in these meshes, seconds. */
    static final int SECRET_TTL_SECONDS = 20;

    /** Those in which every process is ours. */
    static List<Combination> ours() {
        return List.of(
                new Combination(Side.OURS, Side.OURS, Source.CONTROL_PLANE),
                new Combination(Side.OURS, Side.OURS, Source.ON_DEMAND),
                new Combination(Side.OURS, Side.OURS, Source.STATIC_FILE));
    }

    static List<Combination> all() {
        var all = new ArrayList<Combination>();
        for (Source source : Source.values()) {
            for (Side client : Side.values()) {
                for (Side server : Side.values()) {
                    all.add(new Combination(client, server, source));
                }
            }
        }
        return all;
    }

    /** Those with this source. */
    private static List<Combination> with(Source source, List<Combination> combinations) {
        return combinations.stream().filter(each -> each.source() == source).toList();
    }

    static List<Combination> oursWithControlPlane() {
        return with(Source.CONTROL_PLANE, ours());
    }

    static List<Combination> oursWithStaticFile() {
        return with(Source.STATIC_FILE, ours());
    }

    static List<Combination> allWithControlPlane() {
        return with(Source.CONTROL_PLANE, all());
    }

    static List<Combination> allWithStaticFile() {
        return with(Source.STATIC_FILE, all());
    }

    MeshSetup setup() {
        return new MeshSetup(
                MeshSetup.givenPeer(),
                peerNodes(),
                List.of("guarded.yaml"),
                source == Source.STATIC_FILE ? Optional.of("static-mesh.yaml") : Optional.empty(),
                environment(),
                Map.of());
    }

    /** Where a ztunnel of the other implementation runs. */
    Set<String> peerNodes() {
        var nodes = new HashSet<String>();
        if (client == Side.THEIRS) {
            nodes.add("node-a");
        }
        if (server == Side.THEIRS) {
            nodes.add("node-b");
        }
        return nodes;
    }

    private Map<String, String> environment() {
        String lifetime = SECRET_TTL_SECONDS + "s";
        return source == Source.ON_DEMAND
                ? Map.of("SECRET_TTL", lifetime, "XDS_ON_DEMAND", "true", "ISTIO_META_DNS_CAPTURE", "false")
                : Map.of("SECRET_TTL", lifetime);
    }

    @Override
    public String toString() {
        return client + " -> " + server + ", " + source;
    }
}

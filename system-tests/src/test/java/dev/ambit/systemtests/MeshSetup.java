package dev.ambit.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What differs from mesh to mesh.
 *
 * @param peer another implementation of ztunnel
 * @param peerNodes machines on which it runs instead of ours
 * @param manifests test resources that the control plane and the agents read besides the samples
 * @param staticFile a test resource that ztunnels read instead of asking the control plane
 * @param environment of both ztunnels, beside what they need anyway
 * @param controlPlane environment of the control plane, likewise
 * @param cluster where everything is read from instead of files
 */
record MeshSetup(
        Optional<Path> peer,
        Set<String> peerNodes,
        List<String> manifests,
        Optional<String> staticFile,
        Map<String, String> environment,
        Map<String, String> controlPlane,
        Optional<ClusterUnderTest> cluster) {

    /** Configured from a folder. */
    MeshSetup(
            Optional<Path> peer,
            Set<String> peerNodes,
            List<String> manifests,
            Optional<String> staticFile,
            Map<String, String> environment,
            Map<String, String> controlPlane) {
        this(peer, peerNodes, manifests, staticFile, environment, controlPlane, Optional.empty());
    }

    /** Configured by an API server, as a cluster is. */
    static MeshSetup of(ClusterUnderTest cluster, Set<String> peerNodes) {
        return new MeshSetup(
                givenPeer(), peerNodes, List.of(), Optional.empty(), Map.of(), Map.of(), Optional.of(cluster));
    }

    /** Every process is ours, configured by our control plane from the samples. */
    static final MeshSetup OURS =
            new MeshSetup(Optional.empty(), Set.of(), List.of(), Optional.empty(), Map.of(), Map.of());

    /** The other implementation that was given; tests that need one ask for it by {@code ./ambit verify --interop}. */
    static Optional<Path> givenPeer() {
        return Optional.ofNullable(System.getProperty("ambit.peer"))
                .filter(peer -> !peer.isEmpty())
                .map(Path::of);
    }

    Optional<String> peerAt(String machine) {
        return peer.filter(_ -> peerNodes.contains(machine)).map(Path::toString);
    }

    String described() {
        return (peerNodes.isEmpty() ? "" : ", " + String.join(" and ", peerNodes) + " with " + peer.orElseThrow())
                + staticFile.map(file -> ", configured by " + file).orElse("")
                + cluster.map(_ -> ", configured by an API server").orElse("");
    }

    static String resource(String name) {
        try (var resource = MeshSetup.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

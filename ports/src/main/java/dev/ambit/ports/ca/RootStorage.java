package dev.ambit.ports.ca;

import java.util.Map;
import java.util.Optional;

/**
 * Where an authority keeps its roots, keys and the state of their rotation: a few small named texts that change together. All
 * replicas of a control plane share one. Safe for use by several threads; may block.
 */
public interface RootStorage {

    /** The most characters of all texts together. Kubernetes takes a mebibyte. */
    int CHARACTERS_MAX = 512 * 1024;

    /**
     * What is kept.
     *
     * @param documents by name, such as {@code ca-cert.pem}
     * @param version changes with every change of the documents, whoever makes it
     */
    record Stored(Map<String, String> documents, String version) {
        public Stored {
            documents = Map.copyOf(documents);
        }

        /** Leaves the documents out: there are keys among them. */
        @Override
        public String toString() {
            return documents.keySet() + " at " + version;
        }
    }

    /**
     * Everything, as of one moment; empty if nothing is kept.
     *
     * @throws CertificateAuthorityException if it cannot be read; the message names the place
     */
    Optional<Stored> load();

    /**
     * Replaces everything, in one step that survives a crash, if nobody changed it since.
     *
     * @param expectedVersion of the value that is replaced; empty if nothing is kept yet
     * @return what is kept now; empty if somebody was faster, and nothing was changed
     * @throws CertificateAuthorityException if it cannot be written; what is kept is then the one or the other
     */
    Optional<Stored> replace(Map<String, String> documents, Optional<String> expectedVersion);

    /** The place in words for people, such as {@code Secret istio-system/istio-ca-secret}. */
    String place();
}

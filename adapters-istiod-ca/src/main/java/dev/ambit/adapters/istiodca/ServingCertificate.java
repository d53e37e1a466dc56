package dev.ambit.adapters.istiodca;

import java.util.List;

/**
 * What a control plane presents on its own TLS listener.
 *
 * @param keyPem private key, PKCS#8
 * @param chainPem leaf, then intermediates, one certificate each
 */
public record ServingCertificate(String keyPem, List<String> chainPem) {
    public ServingCertificate {
        chainPem = List.copyOf(chainPem);
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "serving certificate with a chain of " + chainPem.size();
    }
}

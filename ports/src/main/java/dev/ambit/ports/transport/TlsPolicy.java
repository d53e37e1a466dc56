package dev.ambit.ports.transport;

/**
 * Which TLS is spoken between workloads, either side, and to the control plane.
 *
 * @param tls12 whether TLS 1.2 is spoken besides 1.3 (Istio's TLS12_ENABLED)
 * @param postQuantumOnly whether X25519MLKEM768 is the only key exchange (Istio's COMPLIANCE_POLICY=pqc), which has TLS
 *     1.3 only
 */
public record TlsPolicy(boolean tls12, boolean postQuantumOnly) {

    /** TLS 1.3; X25519 first, then P-256, P-384 and X25519MLKEM768. */
    public static final TlsPolicy ISTIO = new TlsPolicy(false, false);

    public TlsPolicy {
        if (tls12 && postQuantumOnly) {
            throw new IllegalArgumentException(
                    "TLS 1.2 (TLS12_ENABLED) has no post-quantum key exchange (COMPLIANCE_POLICY=pqc): choose one of the two");
        }
    }
}

package dev.ambit.domain.flow;

/** Istio's short word for how a connection ended: the metric label {@code response_flags}. */
public enum ResponseFlag {
    NONE("-"),
    DENY("DENY"),
    CONNECT("CONNECT"),
    TLS_FAILURE("TLS_FAILURE"),
    H2_HANDSHAKE_FAILURE("H2_HANDSHAKE_FAILURE"),
    NETWORK_POLICY("NETWORK_POLICY"),
    IDENTITY_ERROR("IDENTITY_ERROR"),
    CERT_REVOKED("CERT_REVOKED");

    private final String label;

    ResponseFlag(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}

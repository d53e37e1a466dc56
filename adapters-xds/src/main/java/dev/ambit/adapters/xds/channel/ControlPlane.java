package dev.ambit.adapters.xds.channel;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.ports.transport.TlsPolicy;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the control plane is, how to know it is the right one, and what to show it.
 *
 * @param address {@code https://host:port}; {@code http://host:port} asks for plaintext in so many words
 * @param roots that its certificate is checked against
 * @param alternativeHostname a second DNS name its certificate may have instead of the host's
 * @param clusterId our cluster, sent in a header of that name in lower case
 * @param headers added to every call, names in lower case; one of the name of ours takes its place
 * @param tls the same as between workloads
 */
public record ControlPlane(
        URI address,
        ControlPlaneRoots roots,
        Optional<String> alternativeHostname,
        BearerToken token,
        String clusterId,
        Map<String, String> headers,
        TlsPolicy tls) {

    private static final int TLS_PORT = 15_012;
    private static final int PLAINTEXT_PORT = 15_010;

    public ControlPlane {
        headers = Map.copyOf(headers);
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new IllegalArgumentException(
                    "control plane address '" + address + "' must start with https:// (or http:// for plaintext)");
        }
        if (address.getHost() == null) {
            throw new IllegalArgumentException("control plane address '" + address + "' names no host");
        }
    }

    /** With no headers of the operator's, TLS 1.3 alone. */
    public ControlPlane(
            URI address,
            ControlPlaneRoots roots,
            Optional<String> alternativeHostname,
            BearerToken token,
            String clusterId) {
        this(address, roots, alternativeHostname, token, clusterId, Map.of(), TlsPolicy.ISTIO);
    }

    public String host() {
        String host = address.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        if (address.getPort() > 0) {
            return address.getPort();
        }
        return isPlaintext() ? PLAINTEXT_PORT : TLS_PORT;
    }

    public boolean isPlaintext() {
        return address.getScheme().equalsIgnoreCase("http");
    }

    /** A token in clear text never leaves this machine. */
    boolean mayCarryToken() {
        return !isPlaintext()
                || host().equals("localhost")
                || IpAddress.parse(host()).filter(IpAddress::isLoopback).isPresent();
    }
}

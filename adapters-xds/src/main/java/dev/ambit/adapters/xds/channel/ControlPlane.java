package dev.ambit.adapters.xds.channel;

import dev.ambit.domain.address.IpAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the control plane is, how to know it is the right one, and what to show it.
 *
 * @param address {@code https://host:port}; {@code http://host:port} asks for plaintext in so many words
 * @param rootCa PEM file with the roots its certificate is checked against; read again for every connection. Required
 *     for https
 * @param alternativeHostname a second DNS name its certificate may have instead of the host's
 * @param token file with our bearer token; read again for every call, so that the kubelet can rotate it. A file that is
 *     not there means no token
 * @param clusterId our cluster, sent in a header of that name in lower case
 */
public record ControlPlane(
        URI address,
        Optional<Path> rootCa,
        Optional<String> alternativeHostname,
        Optional<Path> token,
        String clusterId) {

    private static final int TLS_PORT = 15_012;
    private static final int PLAINTEXT_PORT = 15_010;

    public ControlPlane {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new IllegalArgumentException(
                    "control plane address '" + address + "' must start with https:// (or http:// for plaintext)");
        }
        if (address.getHost() == null) {
            throw new IllegalArgumentException("control plane address '" + address + "' names no host");
        }
        if (scheme.equals("https") && rootCa.isEmpty()) {
            throw new IllegalArgumentException(
                    "control plane address '" + address + "' needs a root CA file to check its certificate against");
        }
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

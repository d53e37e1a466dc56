package dev.ambit.services.ztunnel.config;

import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How to reach one end of the control plane, discovery or the certificate authority.
 *
 * @param address empty if there is none
 * @param roots that its certificate is checked against
 * @param alternativeHostname a second name its certificate may have
 * @param headers added to every request, names in lower case
 */
public record ControlPlaneConfig(
        Optional<URI> address,
        ControlPlaneRoots roots,
        Optional<String> alternativeHostname,
        Map<String, String> headers) {

    static final String IN_CLUSTER = "https://istiod.istio-system.svc:15012";
    static final String ON_THIS_MACHINE = "https://localhost:15012";

    private static final int HEADERS_MAX = 64;

    public ControlPlaneConfig {
        headers = Map.copyOf(headers);
    }

    /** @param fallback address if the variable is not set at all; one set to nothing means none */
    static ControlPlaneConfig read(Settings settings, String kind, Optional<String> fallback) {
        String variable = kind + "_ADDRESS";
        String address = settings.set(variable)
                .or(() -> fallback)
                .orElseGet(() -> settings.set("KUBERNETES_SERVICE_HOST").isPresent() ? IN_CLUSTER : ON_THIS_MACHINE)
                .strip();
        return new ControlPlaneConfig(
                address.isEmpty() ? Optional.empty() : Optional.of(url(variable, address)),
                ControlPlaneRoots.of(settings.text(kind + "_ROOT_CA")),
                settings.optional("ALT_" + kind + "_HOSTNAME"),
                headers(settings, kind + "_HEADER_"));
    }

    private static URI url(String variable, String address) {
        try {
            URI url = URI.create(address.contains("://") ? address : "https://" + address);
            boolean usable = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
            if (usable && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // Told below.
        }
        throw Settings.unusable(variable, address, "it must be a URL, such as " + IN_CLUSTER);
    }

    private static Map<String, String> headers(Settings settings, String prefix) {
        var headers = new TreeMap<String, String>();
        settings.startingWith(prefix).forEach((name, value) -> {
            String header = name.toLowerCase(Locale.ROOT);
            if (!header.matches("[0-9a-z_.-]+") || header.endsWith("-bin") || header.startsWith("grpc-")) {
                throw new IllegalArgumentException(prefix + name + " names no header that can be sent; use letters,"
                        + " digits, '-', '_' and '.', without grpc- in front or -bin behind");
            }
            if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
                throw new IllegalArgumentException(
                        prefix + name + " has a value that cannot be sent; use printable ASCII alone");
            }
            headers.put(header, value);
        });
        if (headers.size() > HEADERS_MAX) {
            throw new IllegalArgumentException(
                    prefix + "* is set " + headers.size() + " times; at most " + HEADERS_MAX + " headers can be added");
        }
        return headers;
    }
}

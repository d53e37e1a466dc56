package dev.ambit.services.ztunnel.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Who signs certificates.
 *
 * @param secretTtl validity asked for
 */
public record AuthorityConfig(ControlPlaneConfig controlPlane, Duration secretTtl) {
    private static final Duration TTL_LEAST = Duration.ofSeconds(1);
    private static final Duration TTL_MOST = Duration.ofDays(3_650);

    static AuthorityConfig read(Settings settings) {
        if (settings.flag("FAKE_CA")) {
            throw Settings.unusable(
                    "FAKE_CA",
                    "true",
                    "this proxy never makes up certificates; set CA_ADDRESS to an authority instead");
        }
        ControlPlaneConfig controlPlane = ControlPlaneConfig.read(settings, "CA", Optional.empty());
        if (controlPlane.address().isEmpty()) {
            throw Settings.unusable(
                    "CA_ADDRESS", "", "without an authority there is no identity; set it to a URL or do not set it");
        }
        return new AuthorityConfig(controlPlane, settings.duration("SECRET_TTL", TTL_LEAST, TTL_MOST));
    }
}

package dev.ambit.services.controlplane;

import dev.ambit.adapters.xds.discovery.DiscoveryOptions;
import dev.ambit.domain.view.ChangePacing;
import io.micronaut.context.annotation.ConfigurationProperties;
import java.time.Duration;
import java.util.Locale;

/**
 * How proxies are told of the mesh; variables that istiod has are named as istiod's.
 *
 * @param debounceAfter how long nothing has to change before changes that came close together are pushed
 * @param debounceMax longest that a change waits for more
 * @param pushThrottle large pushes at a time; 0 for Istio's rule
 * @param plaintext who may reach discovery without TLS: {@code off}, {@code loopback} or {@code everywhere}
 */
@ConfigurationProperties("control-plane.discovery")
public record DiscoveryConfig(
        Duration debounceAfter, Duration debounceMax, int pushThrottle, String plaintext, int plaintextPort) {
    private static final Duration DEBOUNCE_LONGEST = Duration.ofMinutes(1);
    private static final int THROTTLE_MAX = 10_000;
    private static final int PORT_MAX = 65_535;

    /** Where discovery is served without TLS and without asking who calls. */
    public enum Plaintext {
        OFF,
        /** To processes of this machine, or of this pod. */
        LOOPBACK,
        /** To whoever reaches this machine, as istiod does. */
        EVERYWHERE
    }

    public DiscoveryConfig {
        within("PILOT_DEBOUNCE_AFTER", debounceAfter);
        within("PILOT_DEBOUNCE_MAX", debounceMax);
        if (pushThrottle < 0 || pushThrottle > THROTTLE_MAX) {
            throw new IllegalArgumentException(
                    "PILOT_PUSH_THROTTLE is " + pushThrottle + "; it must be 0 (automatic) to " + THROTTLE_MAX);
        }
        if (plaintextPort < 0 || plaintextPort > PORT_MAX) {
            throw new IllegalArgumentException(
                    "XDS_PLAINTEXT_PORT is " + plaintextPort + "; it must be a port, 0 to " + PORT_MAX);
        }
        plaintext(plaintext);
    }

    private static void within(String variable, Duration value) {
        if (value.isNegative() || value.compareTo(DEBOUNCE_LONGEST) > 0) {
            throw new IllegalArgumentException(variable + " is " + value.toMillis() + "ms; it must be between 0s and "
                    + DEBOUNCE_LONGEST.toSeconds() + "s");
        }
    }

    private static Plaintext plaintext(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "off" -> Plaintext.OFF;
            case "loopback" -> Plaintext.LOOPBACK;
            case "everywhere" -> Plaintext.EVERYWHERE;
            default ->
                throw new IllegalArgumentException(
                        "XDS_PLAINTEXT is '" + text + "'; it must be off, loopback or everywhere");
        };
    }

    Plaintext plaintextReach() {
        return plaintext(plaintext);
    }

    DiscoveryOptions options() {
        var pacing = new ChangePacing(debounceAfter, debounceMax);
        var automatic = DiscoveryOptions.of(pacing, Runtime.getRuntime().availableProcessors());
        return pushThrottle == 0 ? automatic : new DiscoveryOptions(pacing, pushThrottle, automatic.pushBytesMax());
    }
}

package dev.ambit.adapters.istiodca.token;

import dev.ambit.domain.identity.TrustDomain;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Whose tokens are accepted outside a cluster.
 *
 * @param issuer the claim {@code iss}, exactly; where its keys are is asked of {@code <issuer>/.well-known/openid-configuration}
 *     unless {@code jwks} says
 * @param jwks where the issuer's keys are; empty text to ask the issuer
 * @param audiences of which a token must have one
 * @param trustDomain of the identities that tokens prove
 * @param skew by how much clocks may differ; 0 to 5 minutes
 * @param timeout for one request to the issuer; a millisecond to 8 seconds
 */
public record OidcOptions(
        String issuer, String jwks, List<String> audiences, TrustDomain trustDomain, Duration skew, Duration timeout) {
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    public OidcOptions {
        audiences = List.copyOf(audiences);
        requireSecure("issuer", issuer);
        if (!jwks.isEmpty()) {
            requireSecure("place of the issuer's keys", jwks);
        }
        if (audiences.isEmpty()) {
            throw new IllegalArgumentException("tokens of " + issuer + " need an audience, such as istio-ca");
        }
        if (skew.isNegative() || skew.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("clock skew is " + skew + ", must be 0 to 5 minutes");
        }
        if (!timeout.isPositive() || timeout.compareTo(Duration.ofSeconds(8)) > 0) {
            throw new IllegalArgumentException("timeout is " + timeout + ", must be a millisecond to 8 seconds");
        }
    }

    /** With half a minute of skew and five seconds for the issuer to answer. */
    public static OidcOptions of(String issuer, String jwks, List<String> audiences, TrustDomain trustDomain) {
        return new OidcOptions(issuer, jwks, audiences, trustDomain, SKEW, TIMEOUT);
    }

    /** Keys that came over plain HTTP would be anybody's; on this machine there is nobody between. */
    private static void requireSecure(String what, String url) {
        try {
            URI uri = URI.create(url);
            String host = String.valueOf(uri.getHost());
            boolean here = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
            if ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && here)) {
                return;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw new IllegalArgumentException("the " + what + " is '" + url + "', must be an https URL");
    }
}

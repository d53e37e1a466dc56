package dev.ambit.adapters.istiodca.token;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's public keys (RFC 7517), found by OpenID Connect Discovery 1.0, section 4. Asked again when they are old, and when
 * a token names a key that is not among them, but then not often: that token may be made up.
 */
final class IssuerKeys {
    private static final Duration FRESH = Duration.ofMinutes(15);
    private static final Duration USABLE = Duration.ofHours(24);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int BYTES_MAX = 256 * 1024;
    private static final int KEYS_MAX = 100;
    private static final int OK = 200;

    private final OidcOptions options;
    private final InstantSource clock;
    private final HttpClient http;
    private @Nullable JWKSet known;
    private Instant knownAt = Instant.MIN;
    private Instant askedAt = Instant.MIN;
    private String trouble = "";

    /** What there is to check a token with. */
    sealed interface Found {
        record Keys(JWKSet keys) implements Found {}

        /** The issuer was asked and did not answer. */
        record Away(String why) implements Found {}
    }

    IssuerKeys(OidcOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        this.http = HttpClient.newBuilder()
                .connectTimeout(options.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Keys that should hold the one of this name; or any if it is empty. May block on the issuer, for one caller at a time. */
    synchronized Found find(String keyId) {
        Instant now = clock.instant();
        JWKSet keys = known;
        boolean fresh = keys != null && now.isBefore(knownAt.plus(FRESH));
        boolean named = keys != null && (keyId.isEmpty() || keys.getKeyByKeyId(keyId) != null);
        boolean mayAsk = askedAt.equals(Instant.MIN) || !now.isBefore(askedAt.plus(PAUSE));
        if ((!fresh || !named) && mayAsk) {
            askedAt = now;
            ask(now);
            keys = known;
        }
        if (keys == null || !now.isBefore(knownAt.plus(USABLE))) {
            return new Found.Away("the keys of its issuer " + options.issuer() + " are not known: " + trouble);
        }
        return new Found.Keys(keys);
    }

    private void ask(Instant now) {
        try {
            String place = options.jwks().isEmpty() ? discover() : options.jwks();
            JWKSet keys = JWKSet.parse(get(place));
            if (keys.getKeys().isEmpty() || keys.getKeys().size() > KEYS_MAX) {
                throw new IOException(place + " holds " + keys.getKeys().size() + " keys, expected 1 to " + KEYS_MAX);
            }
            known = keys;
            knownAt = now;
            trouble = "";
        } catch (IOException | ParseException | IllegalArgumentException e) {
            trouble = String.valueOf(e.getMessage()).replaceAll("[^\\x20-\\x7e]", "?");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            trouble = "interrupted";
        }
    }

    private String discover() throws IOException, InterruptedException, ParseException {
        String base = options.issuer().endsWith("/")
                ? options.issuer().substring(0, options.issuer().length() - 1)
                : options.issuer();
        String place = base + "/.well-known/openid-configuration";
        Map<String, Object> document = JSONObjectUtils.parse(get(place));
        if (!options.issuer().equals(JSONObjectUtils.getString(document, "issuer"))) {
            throw new IOException(place + " is about another issuer");
        }
        String keys = JSONObjectUtils.getString(document, "jwks_uri");
        if (keys == null) {
            throw new IOException(place + " does not say where the keys are");
        }
        // The same demands as on a place that an operator names.
        return OidcOptions.of(options.issuer(), keys, options.audiences(), options.trustDomain())
                .jwks();
    }

    private String get(String place) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(place))
                .timeout(options.timeout())
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            if (response.statusCode() != OK) {
                throw new IOException(place + " answers " + response.statusCode());
            }
            byte[] bytes = body.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IOException(place + " answers with more than " + BYTES_MAX + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}

package dev.ambit.services.controlplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ambit.adapters.istiodca.token.OidcOptions;
import dev.ambit.domain.identity.TrustDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Istio's {@code JWT_RULE}: {@code {"issuer": "...", "jwksUri": "...", "audiences": ["..."]}}.
 *
 * @param jwks empty to ask the issuer
 * @param audiences empty for those of tokens in general
 */
record JwtRule(String issuer, String jwks, List<String> audiences) {
    JwtRule {
        audiences = List.copyOf(audiences);
    }

    /** Empty text is no rule. */
    static Optional<JwtRule> parse(String json) {
        if (json.isBlank()) {
            return Optional.empty();
        }
        try {
            JsonNode rule = new ObjectMapper().readTree(json);
            String jwks = rule.path("jwksUri").asText(rule.path("jwks_uri").asText(""));
            var audiences = new ArrayList<String>();
            rule.path("audiences").forEach(each -> audiences.add(each.asText()));
            var parsed = new JwtRule(rule.path("issuer").asText(""), jwks, audiences);
            var _ = parsed.options(TrustDomain.CLUSTER_LOCAL, List.of("istio-ca"));
            return Optional.of(parsed);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "JWT_RULE cannot be used; it must be JSON with an issuer, such as"
                            + " {\"issuer\": \"https://accounts.example\"}: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        }
    }

    OidcOptions options(TrustDomain trustDomain, List<String> usual) {
        return OidcOptions.of(issuer, jwks, audiences.isEmpty() ? usual : audiences, trustDomain);
    }
}

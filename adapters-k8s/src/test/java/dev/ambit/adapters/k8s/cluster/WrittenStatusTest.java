package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrittenStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ObjectKey GUARD = new ObjectKey("AuthorizationPolicy", "shop", "guard");
    private static final ObjectCondition ACCEPTED =
            new ObjectCondition(GUARD, "ZtunnelAccepted", true, "Accepted", "fine");
    private static final ObjectCondition REFUSED =
            new ObjectCondition(GUARD, "ZtunnelAccepted", false, "Refused", "no");

    private static JsonNode json(String text) {
        try {
            return JsonMapper.builder()
                    .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                    .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
                    .build()
                    .readTree(text);
        } catch (JsonProcessingException bad) {
            throw new IllegalArgumentException(text, bad);
        }
    }

    private static WrittenStatus status(String conditions) {
        return WrittenStatus.of(json("{apiVersion: 'g/v1', metadata: {uid: 'u', resourceVersion: '7', generation: 2},"
                + " status: {conditions: [" + conditions + "]}}"));
    }

    private static WantedStatus wanted(ObjectCondition... conditions) {
        return new WantedStatus(MeshKind.AUTHORIZATION_POLICY, GUARD, List.of(conditions));
    }

    private static ObjectNode patch(String conditions, ObjectCondition... wanted) {
        return status(conditions).patch(wanted(wanted), NOW).orElseThrow();
    }

    @Test
    void namesTheVersionItReplaces() {
        assertThat(patch("", ACCEPTED).path("metadata")).isEqualTo(json("{uid: 'u', resourceVersion: '7'}"));
    }

    @Test
    void writesTheConditionWithTheGenerationItIsAbout() {
        assertThat(patch("", ACCEPTED).path("status").path("conditions").toString())
                .isEqualTo(json("[{type: 'ZtunnelAccepted', status: 'True', reason: 'Accepted', message: 'fine',"
                                + " lastTransitionTime: '2026-11-21T10:00:00Z', observedGeneration: 2}]")
                        .toString());
    }

    @Test
    void whatIsSaidAlreadyIsNotSaidAgain() {
        String there =
                "{type: 'ZtunnelAccepted', status: 'True', reason: 'Accepted', message: 'fine', observedGeneration: 2}";

        assertThat(status(there).patch(wanted(ACCEPTED), NOW)).isEmpty();
        assertThat(status(there).patch(wanted(REFUSED), NOW)).isPresent();
        assertThat(status(there.replace("2}", "1}")).patch(wanted(ACCEPTED), NOW))
                .isPresent();
    }

    @Test
    void theTimeOfChangeIsThatOfTheStatusNotOfTheWords() {
        String there = "{type: 'ZtunnelAccepted', status: 'True', reason: 'Other', lastTransitionTime: 'then'}";

        assertThat(patch(there, ACCEPTED)
                        .at("/status/conditions/0/lastTransitionTime")
                        .asText())
                .isEqualTo("then");
        assertThat(patch(there, REFUSED)
                        .at("/status/conditions/0/lastTransitionTime")
                        .asText())
                .isEqualTo("2026-11-21T10:00:00Z");
    }

    @Test
    void whatIsOursAndNotWantedGoesAndOthersStay() {
        ObjectNode patch = patch("{type: 'Theirs', x: 1}, {type: 'ZtunnelAccepted', status: 'True'}");

        assertThat(patch.at("/status/conditions").toString()).isEqualTo("[{\"type\":\"Theirs\",\"x\":1}]");
    }

    @Test
    void aMessageIsBounded() {
        ObjectNode patch = patch("", new ObjectCondition(GUARD, "ZtunnelAccepted", true, "R", "x".repeat(100_000)));

        assertThat(patch.at("/status/conditions/0/message").asText()).hasSize(2_000);
    }

    @Test
    void whatDoesNotLastIsTriedEverMoreSeldom() {
        WantedStatus wanted = wanted(ACCEPTED);
        WriteAttempts<WantedStatus> attempts = WriteAttempts.first(wanted, NOW);
        assertThat(attempts.isAllowed(wanted, NOW)).isFalse();
        assertThat(attempts.isAllowed(wanted(REFUSED), NOW)).isTrue();

        Instant at = NOW;
        for (int i = 0; i < 20; i++) {
            at = attempts.next();
            attempts = attempts.again(wanted, at);
        }

        assertThat(Duration.between(at, attempts.next())).isEqualTo(Duration.ofMinutes(5));
        assertThat(attempts.again(wanted(REFUSED), at).count()).isOne();
    }
}

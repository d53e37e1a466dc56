package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.AllocatedAddress;
import dev.ambit.adapters.k8s.translate.ObjectCondition;
import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.RouteFacts.Parent;
import dev.ambit.domain.address.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WrittenStatusTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final ObjectKey GUARD = new ObjectKey("AuthorizationPolicy", "shop", "guard");
    private static final ObjectKey ROUTE = new ObjectKey("HTTPRoute", "shop", "split");
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

    private static ObjectCondition ofParent(String name, boolean met) {
        return new ObjectCondition(
                ROUTE, "Accepted", met, "R", "m", Optional.of(new Parent("", "Service", "", name, "", 0)));
    }

    private static WrittenStatus routeStatus(String parents) {
        return WrittenStatus.of(json("{apiVersion: 'g/v1', metadata: {uid: 'u', resourceVersion: '7', generation: 2},"
                + " status: {parents: [" + parents + "]}}"));
    }

    @Test
    void ofARouteEachParentHasItsOwnAndOtherControllersStay() {
        var wanted =
                new WantedStatus(MeshKind.HTTP_ROUTE, ROUTE, List.of(ofParent("cart", true), ofParent("gone", false)));
        String foreign =
                "{parentRef: {name: 'edge'}, controllerName: 'example.com/c', conditions: [{type: 'Accepted'}]}";
        String stale = "{parentRef: {group: '', kind: 'Service', name: 'left'},"
                + " controllerName: 'istio.io/gateway-controller', conditions: []}";

        JsonNode parents = routeStatus(foreign + "," + stale)
                .patch(wanted, NOW)
                .orElseThrow()
                .at("/status/parents");

        assertThat(parents).hasSize(3);
        assertThat(parents.get(0)).isEqualTo(json(foreign));
        assertThat(parents.at("/1/parentRef")).isEqualTo(json("{group: '', kind: 'Service', name: 'cart'}"));
        assertThat(parents.at("/1/controllerName").asText()).isEqualTo("istio.io/gateway-controller");
        assertThat(parents.at("/1/conditions/0/status").asText()).isEqualTo("True");
        assertThat(parents.at("/2/conditions/0/status").asText()).isEqualTo("False");
        assertThat(routeStatus(parents.toString()
                                .substring(1, parents.toString().length() - 1))
                        .patch(wanted, NOW))
                .isEmpty();
        String more = "{type: 'PartiallyInvalid', status: 'False', reason: 'R', message: 'm'}";
        assertThat(routeStatus("{parentRef: {group: '', kind: 'Service', name: 'cart'},"
                                + " controllerName: 'istio.io/gateway-controller', conditions: [" + more + "]}")
                        .patch(new WantedStatus(MeshKind.HTTP_ROUTE, ROUTE, List.of(ofParent("cart", true))), NOW)
                        .orElseThrow()
                        .at("/status/parents/0/conditions"))
                .as("what istiod said besides")
                .hasSize(1);
        assertThat(routeStatus(foreign).patch(new WantedStatus(MeshKind.HTTP_ROUTE, ROUTE, List.of()), NOW))
                .isEmpty();
    }

    @Test
    void allocatedAddressesAreWrittenOnceAndNeverTakenAway() {
        var entry = new ObjectKey("ServiceEntry", "shop", "away");
        var wanted = new WantedStatus(
                MeshKind.SERVICE_ENTRY,
                entry,
                List.of(),
                List.of(new AllocatedAddress(entry, "a.example", IpAddress.of("240.240.0.7"))));

        assertThat(status("").patch(wanted, NOW).orElseThrow().at("/status"))
                .isEqualTo(json("{addresses: [{value: '240.240.0.7', host: 'a.example'}]}"));
        WrittenStatus there =
                WrittenStatus.of(json("{status: {addresses: [{value: '240.240.0.7', host: 'a.example'}]}}"));
        assertThat(there.patch(wanted, NOW)).isEmpty();
        assertThat(there.patch(new WantedStatus(MeshKind.SERVICE_ENTRY, entry, List.of()), NOW))
                .isEmpty();
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

package dev.ambit.domain.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.enrolment.Enrolment.Decision;
import dev.ambit.domain.workload.PodRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class EnrolmentTest {

    private static final Map<String, String> AMBIENT = Map.of("istio.io/dataplane-mode", "ambient");
    private static final Map<String, String> NONE = Map.of();

    private final Enrolment enrolment = new Enrolment(Set.of("kube-system"), Capture.CONNECTIONS_AND_NAMES);

    private static NodePod pod(String namespace, Map<String, String> labels, Map<String, String> namespaceLabels) {
        return new NodePod(
                new PodRef("uid", namespace, "cart-0", "cart"),
                List.of(),
                labels,
                Map.of(),
                namespaceLabels,
                false,
                false);
    }

    private static NodePod with(NodePod pod, Map<String, String> annotations, boolean hostNetwork, boolean finished) {
        return new NodePod(
                pod.ref(), pod.addresses(), pod.labels(), annotations, pod.namespaceLabels(), hostNetwork, finished);
    }

    @ParameterizedTest(name = "pod {0}, namespace {1}: {2}")
    @CsvSource({
        "ambient, ambient, true",
        "ambient, none, true",
        "ambient, '', true",
        "none, ambient, false",
        "none, '', false",
        "'', ambient, true",
        "'', none, false",
        "'', '', false",
        "other, ambient, true",
        "other, '', false",
        "Ambient, '', false"
    })
    void labelOfThePodBeatsThatOfTheNamespace(String onPod, String onNamespace, boolean enrolled) {
        Decision decision = enrolment.decide(pod("shop", label(onPod), label(onNamespace)));

        assertThat(decision instanceof Decision.Enrol).isEqualTo(enrolled);
    }

    private static Map<String, String> label(String mode) {
        return mode.isEmpty() ? NONE : Map.of(Enrolment.DATAPLANE_MODE, mode);
    }

    @ParameterizedTest(name = "annotation {0}, by default {1}: {2}")
    @CsvSource({
        "'', CONNECTIONS_AND_NAMES, CONNECTIONS_AND_NAMES",
        "'', CONNECTIONS, CONNECTIONS",
        "true, CONNECTIONS, CONNECTIONS_AND_NAMES",
        "1, CONNECTIONS, CONNECTIONS_AND_NAMES",
        "false, CONNECTIONS_AND_NAMES, CONNECTIONS",
        "F, CONNECTIONS_AND_NAMES, CONNECTIONS",
        "perhaps, CONNECTIONS_AND_NAMES, CONNECTIONS_AND_NAMES",
        "perhaps, CONNECTIONS, CONNECTIONS"
    })
    void annotationOfThePodBeatsTheNodesDefault(String annotation, Capture byDefault, Capture expected) {
        NodePod pod = with(
                pod("shop", AMBIENT, NONE),
                annotation.isEmpty() ? NONE : Map.of(Enrolment.DNS_CAPTURE, annotation),
                false,
                false);

        assertThat(new Enrolment(Set.of(), byDefault).captureOf(pod)).isEqualTo(expected);
    }

    @Test
    void excludedNamespaceStaysOut() {
        staysOut(pod("kube-system", AMBIENT, AMBIENT), "kube-system");
    }

    @Test
    void podOfTheHostsNetworkStaysOut() {
        staysOut(with(pod("shop", AMBIENT, AMBIENT), NONE, true, false), "host");
    }

    @Test
    void finishedPodStaysOut() {
        staysOut(with(pod("shop", AMBIENT, AMBIENT), NONE, false, true), "finished");
    }

    @Test
    void podWithSidecarStaysOut() {
        staysOut(with(pod("shop", AMBIENT, AMBIENT), Map.of("sidecar.istio.io/status", "{}"), false, false), "sidecar");
    }

    @Test
    void labelThatKeepsAPodOutIsNamed() {
        staysOut(pod("shop", Map.of("istio.io/dataplane-mode", "none"), AMBIENT), "istio.io/dataplane-mode=none");
        staysOut(pod("shop", NONE, NONE), "istio.io/dataplane-mode=ambient");
    }

    private void staysOut(NodePod pod, String why) {
        assertThat(enrolment.decide(pod))
                .isInstanceOfSatisfying(
                        Decision.StayOut.class, out -> assertThat(out.why()).contains(why));
    }
}

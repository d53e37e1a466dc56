package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.Ports;
import dev.ambit.domain.policy.PeerAuthentication;
import dev.ambit.domain.policy.PeerAuthentication.Mode;
import dev.ambit.domain.policy.PolicyName;
import io.fabric8.istio.api.api.security.v1beta1.PeerAuthenticationMutualTLS;
import io.fabric8.istio.api.api.type.v1beta1.WorkloadSelector;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Istio's PeerAuthentication to the domain's. */
final class PeerAuthenticationTranslator {
    private static final FieldPath PORTS = FieldPath.of("spec", "portLevelMtls");

    private PeerAuthenticationTranslator() {}

    /** Empty, with the reasons among the findings, if it cannot be enforced as it is written. */
    static Optional<PeerAuthentication> translate(
            io.fabric8.istio.api.security.v1.PeerAuthentication object, Findings findings) {
        var name = new PolicyName(Fields.namespace(object), Fields.name(object));
        var spec = object.getSpec();
        if (spec == null) {
            return Optional.of(new PeerAuthentication(name, Map.of(), created(object, findings), Mode.UNSET, Map.of()));
        }
        Map<String, String> selector = labels(spec.getSelector());
        Map<Integer, Mode> ports = portModes(Fields.map(spec.getPortLevelMtls()), findings);
        if (!ports.isEmpty() && selector.isEmpty()) {
            findings.reject(PORTS, "ports can only be set together with a selector: add one, or take the ports away");
        }
        var translated = new PeerAuthentication(name, selector, created(object, findings), mode(spec.getMtls()), ports);
        return findings.rejected() ? Optional.empty() : Optional.of(translated);
    }

    static Map<String, String> labels(@Nullable WorkloadSelector selector) {
        return selector == null ? Map.of() : Fields.map(selector.getMatchLabels());
    }

    private static Map<Integer, Mode> portModes(Map<String, PeerAuthenticationMutualTLS> written, Findings findings) {
        Map<Integer, Mode> modes = new HashMap<>();
        written.forEach((port, mtls) -> Ports.parse(port)
                .ifPresentOrElse(
                        number -> modes.put(number, mode(mtls)),
                        () -> findings.reject(PORTS.child(port), "'" + port + "' is not a port: use 1 to 65535")));
        return modes;
    }

    private static Mode mode(@Nullable PeerAuthenticationMutualTLS mtls) {
        if (mtls == null || mtls.getMode() == null) {
            return Mode.UNSET;
        }
        return switch (mtls.getMode()) {
            case UNSET -> Mode.UNSET;
            case DISABLE -> Mode.DISABLE;
            case PERMISSIVE -> Mode.PERMISSIVE;
            case STRICT -> Mode.STRICT;
        };
    }

    /** Manifests seldom say when they were created; all of those are equally old. */
    private static Instant created(io.fabric8.istio.api.security.v1.PeerAuthentication object, Findings findings) {
        String text = Fields.text(Fields.metadata(object).getCreationTimestamp());
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            findings.reject(
                    FieldPath.of("metadata", "creationTimestamp"),
                    "'" + text + "' is not a time such as 2026-01-31T12:00:00Z");
            return Instant.EPOCH;
        }
    }
}

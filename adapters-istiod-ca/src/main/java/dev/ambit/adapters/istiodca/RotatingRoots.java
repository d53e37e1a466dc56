package dev.ambit.adapters.istiodca;

import dev.ambit.adapters.istiodca.LeafSigning.Signer;
import dev.ambit.domain.rotation.RootId;
import dev.ambit.domain.rotation.RootRotation;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.TrustBundle;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Self-signed roots and the state of their rotation, and how both are written down: the signer as {@code ca-cert.pem} and
 * {@code ca-key.pem}, which is all that Istio's Secret {@code istio-ca-secret} holds and all that istiod looks at.
 */
record RotatingRoots(RootRotation rotation, Map<RootId, SigningRoot> roots) {
    static final String CERTIFICATE = "ca-cert.pem";
    static final String KEY = "ca-key.pem";
    private static final String OTHER_CERTIFICATE = "ambit-other-cert.pem";
    private static final String OTHER_KEY = "ambit-other-key.pem";
    private static final String STATE = "ambit-rotation.properties";

    /** Istiod writes these empty ones, too. */
    private static final List<String> EMPTY = List.of("cert-chain.pem", "key.pem", "root-cert.pem");

    static final String WAY_OUT = "restore " + CERTIFICATE + " and " + KEY
            + " from a backup, or remove both for a new root (every workload must then get it)";

    RotatingRoots {
        roots = Map.copyOf(roots);
    }

    static RotatingRoots of(SigningRoot root, Instant horizon) {
        return new RotatingRoots(RootRotation.of(root.id(), horizon), Map.of(root.id(), root));
    }

    Signer signer() {
        SigningRoot root = root(rotation.stage().signer());
        return new Signer(root, List.of(), root.certificate());
    }

    SigningRoot root(RootId id) {
        SigningRoot root = roots.get(id);
        if (root == null) {
            throw new IllegalStateException("no root " + id + " among " + roots.keySet());
        }
        return root;
    }

    TrustBundle bundle() {
        return new TrustBundle(
                rotation.stage().trusted().stream()
                        .map(id -> Pem.encode(root(id).certificate()))
                        .collect(Collectors.joining()),
                "");
    }

    /** The same roots, without those that the stage no longer needs. */
    RotatingRoots moved(RootRotation next, Map<RootId, SigningRoot> more) {
        var known = new HashMap<>(roots);
        known.putAll(more);
        known.keySet().retainAll(next.stage().trusted());
        return new RotatingRoots(next, known);
    }

    /**
     * As it was written.
     *
     * @param unknownHorizon what holds if nothing says how long leaves of the root may live: another control plane made it
     */
    static RotatingRoots read(Documents documents, Instant unknownHorizon) {
        SigningRoot signer = documents.pair(CERTIFICATE, KEY);
        if (!documents.has(STATE)) {
            return of(signer, unknownHorizon);
        }
        Map<String, String> state = parse(documents);
        if (!state.getOrDefault("signer", "").equals(signer.id().fingerprint())) {
            // Somebody put another root in its place; whatever was under way was about roots that are no longer there.
            return of(signer, unknownHorizon);
        }
        Instant horizon = instant(documents, state, "horizon");
        String stage = state.getOrDefault("stage", "");
        if (stage.equals("steady")) {
            return of(signer, horizon);
        }
        SigningRoot other = documents.pair(OTHER_CERTIFICATE, OTHER_KEY);
        Instant since = instant(documents, state, "since");
        Instant until = instant(documents, state, "until");
        RotationStage parsed = switch (stage) {
            case "distributing" -> new RotationStage.Distributing(signer.id(), other.id(), since, until);
            case "retiring" -> new RotationStage.Retiring(signer.id(), other.id(), since, until);
            default -> throw documents.damaged(STATE, "no stage is called '" + stage + "'");
        };
        return new RotatingRoots(new RootRotation(parsed, horizon), Map.of(signer.id(), signer, other.id(), other));
    }

    /** What to keep; texts of others stay. */
    Map<String, String> write(Map<String, String> present) {
        var texts = new HashMap<>(present);
        EMPTY.forEach(name -> texts.putIfAbsent(name, ""));
        put(texts, CERTIFICATE, KEY, signer().authority());
        var state = new TreeMap<String, String>();
        state.put("signer", rotation.stage().signer().fingerprint());
        state.put("horizon", rotation.horizon().toString());
        texts.keySet().removeAll(List.of(OTHER_CERTIFICATE, OTHER_KEY));
        switch (rotation.stage()) {
            case RotationStage.Steady _ -> state.put("stage", "steady");
            case RotationStage.Distributing(RootId _, RootId next, Instant since, Instant until) -> {
                state.put("stage", "distributing");
                putOther(texts, state, next, since, until);
            }
            case RotationStage.Retiring(RootId _, RootId retiring, Instant since, Instant until) -> {
                state.put("stage", "retiring");
                putOther(texts, state, retiring, since, until);
            }
        }
        texts.put(
                STATE,
                state.entrySet().stream()
                        .map(line -> line.getKey() + "=" + line.getValue() + "\n")
                        .collect(Collectors.joining()));
        return texts;
    }

    private void putOther(
            Map<String, String> texts, Map<String, String> state, RootId other, Instant since, Instant until) {
        put(texts, OTHER_CERTIFICATE, OTHER_KEY, root(other));
        state.put("since", since.toString());
        state.put("until", until.toString());
    }

    private static void put(Map<String, String> texts, String certificate, String key, SigningRoot root) {
        texts.put(certificate, Pem.encode(root.certificate()));
        texts.put(key, Pem.encode(Pem.PRIVATE_KEY, root.key().getEncoded()));
    }

    private static Map<String, String> parse(Documents documents) {
        var state = new HashMap<String, String>();
        for (String line : documents.texts().getOrDefault(STATE, "").split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                state.put(line.substring(0, equals), line.substring(equals + 1).strip());
            }
        }
        return state;
    }

    private static Instant instant(Documents documents, Map<String, String> state, String key) {
        try {
            return Instant.parse(state.getOrDefault(key, ""));
        } catch (DateTimeParseException e) {
            throw documents.damaged(STATE, "'" + key + "' is no time");
        }
    }

    /** How much of the signer's life is left, as a part of the whole. */
    double partLeft(Instant now) {
        var certificate = signer().authority().certificate();
        Duration whole = Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
        Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
        return (double) left.toSeconds() / Math.max(1, whole.toSeconds());
    }
}

package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.rotation.RootId;
import dev.ambit.domain.rotation.RootRotation;
import dev.ambit.domain.rotation.RootRotation.Step;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootReplacement;
import dev.ambit.ports.ca.TrustBundleDistribution;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The regular work around a certificate authority: hands out the trust bundle, moves a replacement of the root along, has the
 * control plane's own certificate renewed when another root signs, and says where everything stands.
 */
public final class AuthorityUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityUpkeep.class);

    private final CertificateAuthority authority;
    private final Optional<RootReplacement> replacement;
    private final TrustBundleDistribution distribution;
    private final Runnable signerChanged;
    private final Consumer<String> trusted;
    private Optional<RootId> signer;
    private volatile String complaint = "";

    /**
     * What is looked after.
     *
     * @param signerChanged called after another root has begun to sign
     * @param trusted called with the roots (PEM) every time
     */
    public AuthorityUpkeep(
            MeshAuthority mesh,
            TrustBundleDistribution distribution,
            Runnable signerChanged,
            Consumer<String> trusted,
            Meter meter) {
        this.authority = mesh.authority();
        this.replacement = mesh.replacement();
        this.distribution = distribution;
        this.signerChanged = signerChanged;
        this.trusted = trusted;
        this.signer = signer();
        meter.gauge(Gauge.AUTHORITY_IMPEDED, () -> authority.impediment().isPresent() ? 1 : 0);
        mesh.replacement().ifPresent(it -> {
            meter.gauge(Gauge.ROOT_EXPIRY, () -> it.status().signerNotAfter().getEpochSecond());
            meter.gauge(Gauge.ROTATION_STAGE, () -> number(stage(it)));
            meter.gauge(
                    Gauge.ROTATION_STAGE_END,
                    () -> until(stage(it)).map(Instant::getEpochSecond).orElse(0L));
        });
    }

    private Optional<RootId> signer() {
        return replacement.map(it -> stage(it).signer());
    }

    private static RotationStage stage(RootReplacement replacement) {
        return replacement.status().rotation().stage();
    }

    /**
     * Puts the trust bundle down for the first time.
     *
     * @throws CertificateAuthorityException if that is not possible
     */
    public void begin() {
        distribution.publish(authority.trustBundle());
        tend();
    }

    /** To be called every few seconds. What fails is logged once, and tried again the next time. */
    public synchronized void tend() {
        try {
            distribution.publish(authority.trustBundle());
            replacement.ifPresent(it -> told(it.tend(distribution::isEverywhere), "by time or by another replica"));
            distribution.publish(authority.trustBundle());
            trusted.accept(authority.trustBundle().rootsPem());
            complaint = "";
        } catch (CertificateAuthorityException e) {
            String now = String.valueOf(e.getMessage());
            if (!now.equals(complaint)) {
                LOG.error("the certificate authority needs attention\twhy=\"{}\"", now);
            }
            complaint = now;
        }
        if (!signer().equals(signer)) {
            signerChanged.run();
            signer = signer();
        }
    }

    /**
     * Begins to replace the root.
     *
     * @return the new state, or why there is none
     * @throws CertificateAuthorityException if it cannot be stored
     */
    public String rotate() {
        return ordered(RootReplacement::rotate);
    }

    /**
     * Goes back to the root before.
     *
     * @return the new state, or why there is none
     * @throws CertificateAuthorityException if it cannot be stored
     */
    public String abort() {
        return ordered(RootReplacement::abort);
    }

    private synchronized String ordered(Function<RootReplacement, Step> order) {
        if (replacement.isEmpty()) {
            return "the root of this certificate authority is not ours to replace\n";
        }
        Step step = order.apply(replacement.get());
        told(step, "by order");
        tend();
        return switch (step) {
            case Step.Moved _ -> status();
            case Step.Stayed(String why) -> "nothing changed: " + why + "\n" + status();
        };
    }

    private static void told(Step step, String why) {
        if (step instanceof Step.Moved(RootRotation next)) {
            LOG.info(
                    "root rotation moved\tstage={} signer={} trusted={} until={} cause=\"{}\"",
                    name(next.stage()),
                    next.stage().signer(),
                    next.stage().trusted(),
                    until(next.stage()).map(Instant::toString).orElse("-"),
                    why);
        }
    }

    /** Where everything stands, in lines for people. */
    public String status() {
        var text = new StringBuilder();
        replacement.ifPresent(it -> describe(it, text));
        text.append("trust bundle  ")
                .append(distribution.isEverywhere(authority.trustBundle()) ? "everywhere" : "not everywhere yet")
                .append('\n');
        text.append("signing       ")
                .append(authority
                        .impediment()
                        .map(why -> "not possible: " + why)
                        .orElse("possible"))
                .append('\n');
        String open = complaint;
        if (!open.isEmpty()) {
            text.append("attention     ").append(open).append('\n');
        }
        return text.toString();
    }

    private static void describe(RootReplacement replacement, StringBuilder text) {
        RootReplacement.Status status = replacement.status();
        RotationStage stage = status.rotation().stage();
        text.append("stage         ")
                .append(name(stage))
                .append(": ")
                .append(meaning(stage))
                .append('\n');
        text.append("signer        ")
                .append(stage.signer())
                .append(", expires ")
                .append(status.signerNotAfter())
                .append('\n');
        text.append("trusted       ").append(stage.trusted()).append('\n');
        until(stage)
                .ifPresent(end -> text.append("next stage    not before ")
                        .append(end)
                        .append(", when no certificate from before this stage lives\n"));
    }

    private static String name(RotationStage stage) {
        return switch (stage) {
            case RotationStage.Steady _ -> "steady";
            case RotationStage.Distributing _ -> "distributing";
            case RotationStage.Retiring _ -> "retiring";
        };
    }

    private static String meaning(RotationStage stage) {
        return switch (stage) {
            case RotationStage.Steady _ -> "one root";
            case RotationStage.Distributing _ -> "the next root is handed out beside the one that signs";
            case RotationStage.Retiring _ ->
                "the new root signs, the old one is trusted until its certificates are gone";
        };
    }

    private static int number(RotationStage stage) {
        return switch (stage) {
            case RotationStage.Steady _ -> 0;
            case RotationStage.Distributing _ -> 1;
            case RotationStage.Retiring _ -> 2;
        };
    }

    private static Optional<Instant> until(RotationStage stage) {
        return switch (stage) {
            case RotationStage.Steady _ -> Optional.empty();
            case RotationStage.Distributing distributing -> Optional.of(distributing.until());
            case RotationStage.Retiring retiring -> Optional.of(retiring.until());
        };
    }
}

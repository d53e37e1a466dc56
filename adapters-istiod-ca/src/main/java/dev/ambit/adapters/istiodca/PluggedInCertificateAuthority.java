package dev.ambit.adapters.istiodca;

import dev.ambit.adapters.istiodca.LeafSigning.Signer;
import dev.ambit.domain.rotation.RootId;
import dev.ambit.domain.rotation.RootRotation;
import dev.ambit.domain.rotation.RootRotation.Step;
import dev.ambit.domain.rotation.RotationStage;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootReplacement;
import dev.ambit.ports.ca.RootStorage;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.TrustBundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * An authority whose certificates an operator plugs in, and replaces while it runs: usually an intermediate below a root that
 * is elsewhere (Istio's {@code cacerts}).
 *
 * <p>A new intermediate below the same root signs at once. One below another root is staged like a rotation of our own: the
 * new root is handed out first, its intermediate signs when everybody trusts it, and the old root goes when nothing that
 * rests on it lives. That works from memory: after a restart the files hold as they are then.
 */
public final class PluggedInCertificateAuthority implements CertificateAuthority, ServerCertificates, RootReplacement {
    private final RootStorage storage;
    private final IstiodCaOptions options;
    private final LeafSigning leaves;
    private volatile Present present;

    /**
     * What holds now.
     *
     * @param files as read last
     * @param signers by the root they rest on
     */
    private record Present(
            String version,
            PluggedInFiles files,
            RootRotation rotation,
            Map<RootId, Signer> signers,
            TrustBundle bundle) {
        private static Present of(
                String version, PluggedInFiles files, RootRotation rotation, Map<RootId, Signer> signers) {
            Set<X509Certificate> roots = new LinkedHashSet<>();
            for (RootId trusted : rotation.stage().trusted()) {
                Signer signer = signers.get(trusted);
                if (signer != null) {
                    roots.add(signer.root());
                }
            }
            roots.addAll(files.roots());
            String pem = roots.stream().map(Pem::encode).collect(Collectors.joining());
            return new Present(
                    version, files, rotation, Map.copyOf(signers), new TrustBundle(pem, files.revocations()));
        }

        private Signer signer() {
            Signer signer = signers.get(rotation.stage().signer());
            if (signer == null) {
                throw new IllegalStateException(
                        "no signer for root " + rotation.stage().signer());
            }
            return signer;
        }
    }

    private PluggedInCertificateAuthority(RootStorage storage, IstiodCaOptions options, LeafSigning leaves) {
        this.storage = storage;
        this.options = options;
        this.leaves = leaves;
        RootStorage.Stored stored = load();
        PluggedInFiles files = PluggedInFiles.read(storage.place(), stored.documents(), leaves.now());
        RootId anchor = anchor(files);
        RootRotation rotation = RootRotation.of(anchor, leaves.now().plus(options.validityUnseen()));
        present = Present.of(stored.version(), files, rotation, Map.of(anchor, files.signer()));
        leaves.requireLive(present.signer(), leaves.now());
    }

    /**
     * Takes up what is plugged in.
     *
     * @param storage is only read
     * @throws CertificateAuthorityException if it is missing, damaged, expired or does not belong together
     */
    public static PluggedInCertificateAuthority open(
            RootStorage storage, IstiodCaOptions options, InstantSource clock) {
        return new PluggedInCertificateAuthority(storage, options, new LeafSigning(options, clock));
    }

    /** Whether anything is plugged in there. */
    public static boolean isPluggedInto(RootStorage storage) {
        return storage.load()
                .map(stored -> stored.documents().containsKey("ca-key.pem")
                        || stored.documents().containsKey("tls.key"))
                .orElse(false);
    }

    private RootStorage.Stored load() {
        return storage.load()
                .orElseThrow(() -> new CertificateAuthorityException(
                        "no certificates are plugged in at " + storage.place() + "; " + PluggedInFiles.WAY_OUT));
    }

    private static RootId anchor(PluggedInFiles files) {
        return new SigningRoot(files.signer().root(), files.signer().authority().key()).id();
    }

    @Override
    public SigningResult sign(SigningRequest request) {
        return leaves.sign(request, () -> ready(leaves.bounded(request.validity())));
    }

    private LeafSigning.Ready ready(Duration life) {
        Present used = present;
        if (!used.rotation().covers(leaves.now().plus(life))) {
            used = covering(life);
        }
        return new LeafSigning.Ready(used.signer(), used.bundle().rootsPem(), leaves.period(used.signer(), life));
    }

    /** Remembers, before a leaf is signed, how long it will live. */
    private synchronized Present covering(Duration life) {
        RootRotation next = present.rotation().covering(leaves.now().plus(life), life);
        if (!next.equals(present.rotation())) {
            present = Present.of(present.version(), present.files(), next, present.signers());
        }
        return present;
    }

    @Override
    public synchronized Step tend(Predicate<TrustBundle> distributed) {
        RootStorage.Stored stored = load();
        if (!stored.version().equals(present.version())) {
            PluggedInFiles files = PluggedInFiles.read(storage.place(), stored.documents(), leaves.now());
            take(present.rotation(), files, stored.version());
        }
        Step step = towardsFiles(distributed.test(present.bundle()));
        if (step instanceof Step.Moved(RootRotation next)) {
            take(next, present.files(), present.version());
        }
        return step;
    }

    private Step towardsFiles(boolean distributed) {
        RootRotation rotation = present.rotation();
        RootId wanted = anchor(present.files());
        Instant now = leaves.now();
        return switch (rotation.stage()) {
            case RotationStage.Steady(RootId signer)
            when signer.equals(wanted) -> rotation.advance(now, options.settle(), distributed);
            case RotationStage.Steady _ -> rotation.begin(wanted, now, options.settle());
            case RotationStage.Distributing(RootId _, RootId next, Instant _, Instant _)
            when !next.equals(wanted) -> rotation.abort(now, options.settle());
            case RotationStage.Retiring(RootId signer, RootId retiring, Instant _, Instant _)
            when !signer.equals(wanted) && retiring.equals(wanted) -> rotation.abort(now, options.settle());
            default -> rotation.advance(now, options.settle(), distributed);
        };
    }

    private void take(RootRotation rotation, PluggedInFiles files, String version) {
        var signers = new HashMap<>(present.signers());
        signers.put(anchor(files), files.signer());
        signers.keySet().removeIf(id -> !rotation.stage().trusted().contains(id) && !id.equals(anchor(files)));
        present = Present.of(version, files, rotation, signers);
    }

    @Override
    public Step rotate() {
        return new Step.Stayed("roots are plugged in at " + storage.place() + ": replace them there");
    }

    @Override
    public Step abort() {
        return new Step.Stayed("roots are plugged in at " + storage.place() + ": put the old ones back there");
    }

    @Override
    public Status status() {
        Present now = present;
        return new Status(now.rotation(), now.signer().notAfter());
    }

    @Override
    public TrustBundle trustBundle() {
        return present.bundle();
    }

    @Override
    public Optional<String> impediment() {
        return leaves.impediment();
    }

    @Override
    public ServerCertificate serverCertificate(List<String> names, Duration validity) {
        return leaves.server(present.signer(), names, validity);
    }
}

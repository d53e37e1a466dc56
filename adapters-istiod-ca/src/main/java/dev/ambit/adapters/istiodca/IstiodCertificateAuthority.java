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
import dev.ambit.ports.ca.RootStorage.Stored;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.TrustBundle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The built-in authority: a self-signed root in a storage laid out like Istio's secret {@code istio-ca-secret}, so that a
 * root of istiod's carries over, and its staged replacement by a root with a new key ({@link RootRotation}).
 *
 * <p>A root created here is EC P-256, where istiod's is RSA 2048: every peer of an ambient mesh verifies both, and signing
 * with P-256 costs a tenth. Damaged storage stops {@link #open}; it is never overwritten, because a new root cuts off every
 * workload that trusts the old one. Several replicas may share a storage: each calls {@link #tend} at least once a minute.
 */
public final class IstiodCertificateAuthority implements CertificateAuthority, ServerCertificates, RootReplacement {
    private static final int TRIES_MAX = 10;

    /** A root is replaced when this part of its life is left, as istiod renews its own. */
    private static final double PART_LEFT_MIN = 0.2;

    private final RootStorage storage;
    private final IstiodCaOptions options;
    private final LeafSigning leaves;
    private volatile Present present;

    private record Present(RotatingRoots roots, Stored stored, TrustBundle bundle, Signer signer) {
        private static Present of(RotatingRoots roots, Stored stored) {
            return new Present(roots, stored, roots.bundle(), roots.signer());
        }

        private RootRotation rotation() {
            return roots.rotation();
        }
    }

    private IstiodCertificateAuthority(RootStorage storage, IstiodCaOptions options, LeafSigning leaves) {
        this.storage = storage;
        this.options = options;
        this.leaves = leaves;
        this.present = loadOrCreate();
        leaves.requireLive(present.signer(), leaves.now());
    }

    /**
     * Loads the root in a storage, or creates one if there is none.
     *
     * @throws CertificateAuthorityException if what is stored is damaged, does not belong together, has expired, or cannot be
     *     read or written; the message names the place and the way out
     */
    public static IstiodCertificateAuthority open(RootStorage storage, IstiodCaOptions options, InstantSource clock) {
        return new IstiodCertificateAuthority(storage, options, new LeafSigning(options, clock));
    }

    private Present loadOrCreate() {
        for (int i = 0; i < TRIES_MAX; i++) {
            Optional<Stored> stored = storage.load();
            // One document alone is not nothing: the other was lost, and that must not be papered over.
            if (stored.isPresent() && holdsRoot(stored.get())) {
                return read(stored.get());
            }
            RotatingRoots created = RotatingRoots.of(leaves.newRoot(), leaves.now());
            Map<String, String> others = stored.map(Stored::documents).orElse(Map.of());
            Optional<Stored> kept = storage.replace(created.write(others), stored.map(Stored::version));
            if (kept.isPresent()) {
                return Present.of(created, kept.get());
            }
        }
        throw new CertificateAuthorityException("cannot keep a new root in " + storage.place()
                + ": somebody else changes it all the time; is another control plane at work there?");
    }

    private static boolean holdsRoot(Stored stored) {
        return !stored.documents().getOrDefault(RotatingRoots.CERTIFICATE, "").isEmpty()
                || stored.documents().containsKey(RotatingRoots.KEY)
                || stored.documents().containsKey(RotatingRoots.CERTIFICATE);
    }

    private Present read(Stored stored) {
        var documents = new Documents(storage.place(), stored.documents(), RotatingRoots.WAY_OUT);
        return Present.of(RotatingRoots.read(documents, leaves.now().plus(options.validityUnseen())), stored);
    }

    @Override
    public SigningResult sign(SigningRequest request) {
        return leaves.sign(request, () -> ready(request.validity()));
    }

    private LeafSigning.Ready ready(Duration validity) {
        Present used = present;
        CertificateIssuer.Period period = leaves.period(used.signer(), validity);
        while (!used.rotation().covers(period.notAfter())) {
            used = extend(period.notAfter(), validity);
            period = leaves.period(used.signer(), validity);
        }
        return new LeafSigning.Ready(used.signer(), used.bundle().rootsPem(), period);
    }

    /** Stores a horizon that covers a leaf, before that leaf is signed. */
    private synchronized Present extend(Instant notAfter, Duration validity) {
        Duration life = leaves.bounded(validity);
        for (int i = 0; i < TRIES_MAX; i++) {
            Present before = present;
            if (before.rotation().covers(notAfter)) {
                return before;
            }
            keep(before.roots().moved(before.rotation().covering(notAfter, life), Map.of()));
        }
        throw busy();
    }

    /** True if it was kept; false if somebody else was faster, whose state is then the present one. */
    private boolean keep(RotatingRoots next) {
        Present before = present;
        Optional<Stored> kept = storage.replace(
                next.write(before.stored().documents()),
                Optional.of(before.stored().version()));
        if (kept.isPresent()) {
            present = Present.of(next, kept.get());
            return true;
        }
        refresh();
        return false;
    }

    private CertificateAuthorityException busy() {
        return new CertificateAuthorityException(
                storage.place() + " was changed by others " + TRIES_MAX + " times in a row");
    }

    /** Takes up what other replicas, or people, have stored. */
    private synchronized void refresh() {
        Stored stored = storage.load()
                .orElseThrow(() -> new CertificateAuthorityException(
                        "the root in " + storage.place() + " is gone; " + RotatingRoots.WAY_OUT));
        if (stored.version().equals(present.stored().version())) {
            return;
        }
        Present next = read(stored);
        RootId signer = next.rotation().stage().signer();
        List<RootId> trusted = present.rotation().stage().trusted();
        if (!trusted.contains(signer) && !hasKeyOf(next, present)) {
            throw new CertificateAuthorityException("the root in " + storage.place() + " was replaced by " + signer
                    + ", which nobody trusts yet; restore root "
                    + present.rotation().stage().signer()
                    + " and rotate, or restart the control plane to cut over at once");
        }
        present = next;
    }

    /** Istiod renews its root with the key it has: to every verifier that is the same root. */
    private static boolean hasKeyOf(Present next, Present before) {
        return before.rotation().stage() instanceof RotationStage.Steady
                && next.signer()
                        .authority()
                        .certificate()
                        .getPublicKey()
                        .equals(before.signer().authority().certificate().getPublicKey());
    }

    /** Also begins a replacement when a fifth of the root's life is left. */
    @Override
    public Step tend(Predicate<TrustBundle> distributed) {
        Step step = change(
                rotation -> rotation.advance(leaves.now(), options.settle(), distributed.test(present.bundle())),
                Map.of());
        boolean old = present.roots().partLeft(leaves.now()) < PART_LEFT_MIN;
        return old && present.rotation().stage() instanceof RotationStage.Steady ? rotate() : step;
    }

    @Override
    public Step rotate() {
        SigningRoot next = leaves.newRoot();
        return change(rotation -> rotation.begin(next.id(), leaves.now(), options.settle()), Map.of(next.id(), next));
    }

    @Override
    public Step abort() {
        return change(rotation -> rotation.abort(leaves.now(), options.settle()), Map.of());
    }

    private synchronized Step change(Function<RootRotation, Step> how, Map<RootId, SigningRoot> more) {
        refresh();
        for (int i = 0; i < TRIES_MAX; i++) {
            Step step = how.apply(present.rotation());
            if (!(step instanceof Step.Moved(RootRotation next))
                    || keep(present.roots().moved(next, more))) {
                return step;
            }
        }
        throw busy();
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

package dev.ambit.domain.rotation;

import java.time.Duration;
import java.time.Instant;

/**
 * The state of a mesh's root of trust, and the only changes it can take. All replicas of a control plane share one such value
 * and replace it by compare-and-set.
 *
 * <p>Why it is safe: a leaf is signed only if it ends within the {@link #horizon()} of the stored value. Whoever needs a later
 * end must first store a later horizon, which fails if the value has changed meanwhile. So whatever a replica that has not
 * heard of a new stage still signs ends before the horizon that this stage began with, and a stage ends only after that.
 *
 * <p>Besides, a stage lasts at least as long as the trust bundle may take to reach the disks of those who read it from there
 * before they talk to the control plane ({@code settle}).
 *
 * @param horizon no leaf signed by anybody in this mesh lives longer
 */
public record RootRotation(RotationStage stage, Instant horizon) {

    /** Clocks of proxies may be late by this much: they still accept a leaf that has expired here. */
    public static final Duration CLOCK_MARGIN = Duration.ofSeconds(1);

    private static final Duration SLACK_MAX = Duration.ofHours(1);
    private static final int SLACK_PART = 8;

    /** What became of a wish to change. */
    public sealed interface Step {
        /** The value to store. */
        record Moved(RootRotation next) implements Step {}

        /** Nothing changes, and why. */
        record Stayed(String why) implements Step {}
    }

    /**
     * A mesh with one root.
     *
     * @param horizon when the last leaf that this root may have signed before has expired
     */
    public static RootRotation of(RootId signer, Instant horizon) {
        return new RootRotation(new RotationStage.Steady(signer), horizon);
    }

    /** Whether a leaf that ends then may be signed without storing a later horizon first. */
    public boolean covers(Instant notAfter) {
        return !notAfter.isAfter(horizon);
    }

    /**
     * The value to store before a leaf with this end is signed. An eighth of the leaf's life (an hour at most) is added,
     * so that not every leaf costs a write.
     *
     * @param validity of the leaf
     */
    public RootRotation covering(Instant notAfter, Duration validity) {
        Duration part = validity.dividedBy(SLACK_PART);
        Instant wanted = notAfter.plus(part.compareTo(SLACK_MAX) > 0 ? SLACK_MAX : part);
        return wanted.isAfter(horizon) ? new RootRotation(stage, wanted) : this;
    }

    /** Begins to hand out another root beside the present one. */
    public Step begin(RootId next, Instant now, Duration settle) {
        return switch (stage) {
            case RotationStage.Steady(RootId signer)
            when signer.equals(next) -> new Step.Stayed("root " + next + " signs already");
            case RotationStage.Steady(RootId signer) ->
                new Step.Moved(
                        new RootRotation(new RotationStage.Distributing(signer, next, now, end(now, settle)), horizon));
            default -> new Step.Stayed("a rotation is under way: finish or abort it first");
        };
    }

    /**
     * Goes to the next stage if its time has come.
     *
     * @param distributed whether the present bundle is everywhere where proxies look for the control plane's roots
     */
    public Step advance(Instant now, Duration settle, boolean distributed) {
        return switch (stage) {
            case RotationStage.Steady _ -> new Step.Stayed("no rotation is under way");
            case RotationStage.Distributing(RootId signer, RootId next, Instant _, Instant until) ->
                !distributed
                        ? new Step.Stayed("the new root is not yet in every trust bundle")
                        : after(until, now, new RotationStage.Retiring(next, signer, now, end(now, settle)));
            case RotationStage.Retiring(RootId signer, RootId _, Instant _, Instant until) ->
                after(until, now, new RotationStage.Steady(signer));
        };
    }

    /**
     * Goes back to the root before. While the new root has signed nothing that is at once; afterwards the two change their
     * parts, and the new one retires as the old one would have.
     */
    public Step abort(Instant now, Duration settle) {
        return switch (stage) {
            case RotationStage.Steady _ -> new Step.Stayed("no rotation is under way");
            case RotationStage.Distributing(RootId signer, RootId _, Instant _, Instant _) ->
                new Step.Moved(new RootRotation(new RotationStage.Steady(signer), horizon));
            case RotationStage.Retiring(RootId signer, RootId retiring, Instant _, Instant _) ->
                new Step.Moved(
                        new RootRotation(new RotationStage.Retiring(retiring, signer, now, end(now, settle)), horizon));
        };
    }

    private Step after(Instant until, Instant now, RotationStage next) {
        return now.isBefore(until)
                ? new Step.Stayed("certificates from before this stage live until " + until)
                : new Step.Moved(new RootRotation(next, horizon));
    }

    private Instant end(Instant now, Duration settle) {
        Instant settled = now.plus(settle);
        return (horizon.isAfter(settled) ? horizon : settled).plus(CLOCK_MARGIN);
    }
}

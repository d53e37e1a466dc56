package dev.ambit.domain.rotation;

import java.time.Instant;
import java.util.List;

/**
 * Who signs and who is trusted. In every stage leaves are signed by {@link #signer()} and every answer carries all of
 * {@link #trusted()}.
 */
public sealed interface RotationStage {

    /** The root whose key signs. */
    RootId signer();

    /** Every root that peers are told to trust, the signer first. */
    List<RootId> trusted();

    /** One root, no rotation under way. */
    record Steady(RootId signer) implements RotationStage {
        @Override
        public List<RootId> trusted() {
            return List.of(signer);
        }
    }

    /**
     * Both roots are handed out, the old one signs. Ends when no leaf lives that was handed out without the next root:
     * then every holder of a certificate trusts both.
     *
     * @param until when the last leaf handed out before this stage has expired
     */
    record Distributing(RootId signer, RootId next, Instant since, Instant until) implements RotationStage {
        public Distributing {
            different(signer, next);
        }

        @Override
        public List<RootId> trusted() {
            return List.of(signer, next);
        }
    }

    /**
     * Both roots are handed out, the new one signs. Ends when no leaf lives that the retiring root has signed.
     *
     * @param until when the last leaf signed before this stage has expired
     */
    record Retiring(RootId signer, RootId retiring, Instant since, Instant until) implements RotationStage {
        public Retiring {
            different(signer, retiring);
        }

        @Override
        public List<RootId> trusted() {
            return List.of(signer, retiring);
        }
    }

    private static void different(RootId one, RootId other) {
        if (one.equals(other)) {
            throw new IllegalArgumentException("a rotation needs two roots, not " + one + " twice");
        }
    }
}

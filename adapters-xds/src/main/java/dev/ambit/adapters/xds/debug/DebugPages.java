package dev.ambit.adapters.xds.debug;

import java.util.Optional;

/** The pages that a control plane has below {@code /debug}. Safe for use by several threads; may block. */
@FunctionalInterface
public interface DebugPages {

    /**
     * A page as bytes of JSON; empty if there is none of that name.
     *
     * @param target what stands behind {@code /debug/}, with its query
     */
    Optional<byte[]> page(String target);
}

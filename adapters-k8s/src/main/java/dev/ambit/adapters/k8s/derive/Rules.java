package dev.ambit.adapters.k8s.derive;

import dev.ambit.adapters.k8s.translate.DerivationOptions;

/** What all questions of one mesh have in common. Compared by identity, so that it costs nothing as part of a key. */
final class Rules {
    /** The levels of questions: each reads only below itself. */
    static final int OF_ONE_KIND = 1;

    static final int OF_SEVERAL = 2;
    static final int OF_LABELS = 3;
    static final int OF_NAMESPACES = 4;
    static final int PARTS = 5;

    /** Where a waypoint takes tunnels. */
    static final int HBONE_PORT = 15_008;

    private final DerivationOptions options;

    Rules(DerivationOptions options) {
        this.options = options;
    }

    DerivationOptions options() {
        return options;
    }
}

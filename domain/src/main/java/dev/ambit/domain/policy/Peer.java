package dev.ambit.domain.policy;

import dev.ambit.domain.identity.SpiffeId;

/** Who is at the other end, as far as it is proven. Never filled from an address lookup. */
public sealed interface Peer {

    /** Proven by mutual TLS. */
    record Authenticated(SpiffeId id) implements Peer {}

    /** Plaintext: nothing is proven. */
    record Anonymous() implements Peer {}
}

package dev.ambit.domain.issuing;

import dev.ambit.domain.identity.SpiffeId;

/**
 * Whether a caller gets a certificate. The wire answers every refusal alike (opaque); the reason is for the audit log.
 */
public sealed interface IssuingDecision {

    /** Sign for this identity. */
    record Issue(SpiffeId identity) implements IssuingDecision {}

    record Refuse(String why) implements IssuingDecision {}
}

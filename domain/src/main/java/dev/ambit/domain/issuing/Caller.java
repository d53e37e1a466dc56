package dev.ambit.domain.issuing;

import dev.ambit.domain.identity.SpiffeId;

/**
 * Who asks for a certificate, as its token or its certificate proves.
 *
 * @param identity the caller's own identity
 * @param pod name of the pod the token is bound to; empty if it is bound to none
 * @param podUid Kubernetes UID of that pod; empty if it is bound to none
 * @param node the node the token is bound to; empty if the token does not say
 */
public record Caller(SpiffeId identity, String pod, String podUid, String node) {}

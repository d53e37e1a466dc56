/** Mutual TLS between workloads: contexts per certificate and the verification of SPIFFE peers. */
@NullMarked
package dev.ambit.adapters.netty.tls;

import org.jspecify.annotations.NullMarked;

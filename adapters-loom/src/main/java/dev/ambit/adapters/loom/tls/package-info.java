/** Mutual TLS between workloads, in blocking code over any stream: BoringSSL's engine, our verification. */
@NullMarked
package dev.ambit.adapters.loom.tls;

import org.jspecify.annotations.NullMarked;

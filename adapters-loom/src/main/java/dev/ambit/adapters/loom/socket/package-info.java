/** Sockets inside a pod's network namespace: options, dialling, listening, the original destination. */
@NullMarked
package dev.ambit.adapters.loom.socket;

import org.jspecify.annotations.NullMarked;

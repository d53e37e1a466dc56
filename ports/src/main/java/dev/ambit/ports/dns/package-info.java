/** Serving DNS inside a pod's network namespace, and asking a name server from there. Messages are small, and cross whole. */
@NullMarked
package dev.ambit.ports.dns;

import org.jspecify.annotations.NullMarked;

/** Whom mutual TLS believes: what both ends verify about each other, the same for every transport and TLS library. */
@NullMarked
package dev.ambit.ports.trust;

import org.jspecify.annotations.NullMarked;

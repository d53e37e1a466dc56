/** Fakes of the credentials ports, and certificates for tests. */
@NullMarked
package dev.ambit.ports.credentials;

import org.jspecify.annotations.NullMarked;

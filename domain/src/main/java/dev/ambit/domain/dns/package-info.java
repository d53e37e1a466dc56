/** Answers for names of the mesh: which service a name means, at which addresses, and the messages of RFC 1035 around it. */
@NullMarked
package dev.ambit.domain.dns;

import org.jspecify.annotations.NullMarked;

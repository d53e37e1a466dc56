/** How a mesh changes its root of trust without a handshake that fails: the stages, and when each may end. No X.509 here. */
@NullMarked
package dev.ambit.domain.rotation;

import org.jspecify.annotations.NullMarked;

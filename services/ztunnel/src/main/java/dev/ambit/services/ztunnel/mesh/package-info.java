/** The proxy's current picture of the mesh, and waiting for it. */
@NullMarked
package dev.ambit.services.ztunnel.mesh;

import org.jspecify.annotations.NullMarked;

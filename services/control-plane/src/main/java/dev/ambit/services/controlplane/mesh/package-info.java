/** The mesh as derived from the configuration, published to whoever serves it. */
@NullMarked
package dev.ambit.services.controlplane.mesh;

import org.jspecify.annotations.NullMarked;

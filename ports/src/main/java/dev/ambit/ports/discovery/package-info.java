/** The mesh's resources on their way from the control plane to a proxy, at both ends. */
@NullMarked
package dev.ambit.ports.discovery;

import org.jspecify.annotations.NullMarked;

/** Addresses of hosts outside the mesh that are known by name only. */
@NullMarked
package dev.ambit.ports.names;

import org.jspecify.annotations.NullMarked;

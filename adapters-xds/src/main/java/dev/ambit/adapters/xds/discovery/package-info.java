/** Both ends of delta ADS (Envoy's xDS protocol, incremental variant) for the mesh's resources. */
@NullMarked
package dev.ambit.adapters.xds.discovery;

import org.jspecify.annotations.NullMarked;

/** How a proxy reaches its control plane over gRPC, and how the control plane learns the caller's token. */
@NullMarked
package dev.ambit.adapters.xds.channel;

import org.jspecify.annotations.NullMarked;

/** Domain types to protobuf and back: Istio's discovery resources. Decoding bounds and checks everything; no I/O. */
@NullMarked
package dev.ambit.adapters.xds.wire;

import org.jspecify.annotations.NullMarked;

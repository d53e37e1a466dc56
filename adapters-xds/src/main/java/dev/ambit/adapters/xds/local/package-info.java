/** A picture of the mesh that an operator wrote in YAML, in the format of Istio's ztunnel (LOCAL_XDS). */
@NullMarked
package dev.ambit.adapters.xds.local;

import org.jspecify.annotations.NullMarked;

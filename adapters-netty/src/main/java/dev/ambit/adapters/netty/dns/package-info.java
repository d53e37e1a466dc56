/** DNS by UDP and TCP inside a pod's network namespace, as server and as client of a name server. */
@NullMarked
package dev.ambit.adapters.netty.dns;

import org.jspecify.annotations.NullMarked;

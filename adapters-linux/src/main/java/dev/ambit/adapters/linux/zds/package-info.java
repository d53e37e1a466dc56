/** Both ends of ZDS (istio.workload.zds): pods and their namespaces, from node agent to node proxy, over a unix socket. */
@NullMarked
package dev.ambit.adapters.linux.zds;

import org.jspecify.annotations.NullMarked;

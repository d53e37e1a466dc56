/** The DNS proxy: names of the mesh are answered from what is known, others by the node's own name servers. */
@NullMarked
package dev.ambit.services.ztunnel.dns;

import org.jspecify.annotations.NullMarked;

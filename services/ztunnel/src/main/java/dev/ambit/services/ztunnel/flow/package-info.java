/** Plans for connections, and the connections being carried. */
@NullMarked
package dev.ambit.services.ztunnel.flow;

import org.jspecify.annotations.NullMarked;

/** The pods that the node agent hands over, and their listeners. */
@NullMarked
package dev.ambit.services.ztunnel.pod;

import org.jspecify.annotations.NullMarked;

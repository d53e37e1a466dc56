/** Network namespaces of pods: entering them, redirecting their traffic, handing them from node agent to node proxy. */
@NullMarked
package dev.ambit.ports.podnetwork;

import org.jspecify.annotations.NullMarked;

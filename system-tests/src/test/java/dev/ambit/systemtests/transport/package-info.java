/** The transport where it works for real: in network namespaces whose traffic is redirected to it. Needs root. */
@NullMarked
package dev.ambit.systemtests.transport;

import org.jspecify.annotations.NullMarked;

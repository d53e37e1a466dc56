/** What a cluster would do for the control plane and a single machine does not: tokens and trust bundle as files. */
@NullMarked
package dev.ambit.services.controlplane.standalone;

import org.jspecify.annotations.NullMarked;

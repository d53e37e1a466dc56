/** The issuing use case: authenticate, check the node, sign, leave a line in the audit log. */
@NullMarked
package dev.ambit.services.controlplane.issuing;

import org.jspecify.annotations.NullMarked;

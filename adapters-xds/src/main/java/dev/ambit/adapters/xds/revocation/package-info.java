/** Certificate revocation lists from a file that the control plane, or an operator, has mounted. */
@NullMarked
package dev.ambit.adapters.xds.revocation;

import org.jspecify.annotations.NullMarked;

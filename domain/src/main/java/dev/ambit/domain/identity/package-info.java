/** Who a workload is: trust domain, SPIFFE identity, and when its certificate is due for renewal. No X.509 here. */
@NullMarked
package dev.ambit.domain.identity;

import org.jspecify.annotations.NullMarked;

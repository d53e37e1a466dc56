/** Both ends of istio.v1.auth.IstioCertificateService. */
@NullMarked
package dev.ambit.adapters.xds.ca;

import org.jspecify.annotations.NullMarked;

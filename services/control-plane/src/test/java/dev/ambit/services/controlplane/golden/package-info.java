/** Manifests and the very resources that proxies must be sent for them. */
@NullMarked
package dev.ambit.services.controlplane.golden;

import org.jspecify.annotations.NullMarked;

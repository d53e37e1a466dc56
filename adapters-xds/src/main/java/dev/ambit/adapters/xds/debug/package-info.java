/** What a control plane answers about itself on the discovery port, for istioctl. */
@NullMarked
package dev.ambit.adapters.xds.debug;

import org.jspecify.annotations.NullMarked;

/** Redirection of a pod's traffic by nftables and policy routing inside the pod's namespace. */
@NullMarked
package dev.ambit.adapters.linux.redirection;

import org.jspecify.annotations.NullMarked;

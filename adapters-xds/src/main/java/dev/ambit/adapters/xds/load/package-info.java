/** Subscribers that are there to be counted and timed: what a control plane costs its proxies, without proxies. */
@NullMarked
package dev.ambit.adapters.xds.load;

import org.jspecify.annotations.NullMarked;

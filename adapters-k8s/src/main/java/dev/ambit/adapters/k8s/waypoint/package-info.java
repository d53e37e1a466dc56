/** Waypoints: what is deployed for a Gateway of their class, and what the Gateway is told about it. */
@NullMarked
package dev.ambit.adapters.k8s.waypoint;

import org.jspecify.annotations.NullMarked;

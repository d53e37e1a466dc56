/** What the mesh tells about itself: Istio's standard TCP metrics for Prometheus, and the access log. */
@NullMarked
package dev.ambit.adapters.telemetry;

import org.jspecify.annotations.NullMarked;

/** What the mesh tells about itself: connections, counters and gauges. */
@NullMarked
package dev.ambit.ports.telemetry;

import org.jspecify.annotations.NullMarked;

/** Lines of log, as Istio's ztunnel writes them, on their way to standard output. */
@NullMarked
package dev.ambit.adapters.telemetry.log;

import org.jspecify.annotations.NullMarked;

/** What every telemetry must do, and one that remembers. */
@NullMarked
package dev.ambit.ports.telemetry;

import org.jspecify.annotations.NullMarked;

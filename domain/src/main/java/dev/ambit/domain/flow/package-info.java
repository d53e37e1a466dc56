/** A connection attempt and the plan for it. The plan says why, and that reason feeds log, metric and explanation. */
@NullMarked
package dev.ambit.domain.flow;

import org.jspecify.annotations.NullMarked;

/** Measures control planes: one API server, many subscribers, this control plane and another in turn. */
@NullMarked
package dev.ambit.services.cli.scale;

import org.jspecify.annotations.NullMarked;

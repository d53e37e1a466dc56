/** Measurements of the node proxy's path beside direct TCP, in one run. */
@NullMarked
package dev.ambit.services.cli.bench;

import org.jspecify.annotations.NullMarked;

/** Time that tests move by hand. */
@NullMarked
package dev.ambit.ports.time;

import org.jspecify.annotations.NullMarked;

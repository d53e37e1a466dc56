/** {@code ambit explain}. */
@NullMarked
package dev.ambit.services.cli.explain;

import org.jspecify.annotations.NullMarked;

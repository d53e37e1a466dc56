/** {@code ambit ca}. */
@NullMarked
package dev.ambit.services.cli.ca;

import org.jspecify.annotations.NullMarked;

/** The command line: what a person types and reads. */
@NullMarked
package dev.ambit.services.cli;

import org.jspecify.annotations.NullMarked;

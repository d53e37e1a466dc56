@NullMarked
package dev.ambit.services.cli;

import org.jspecify.annotations.NullMarked;

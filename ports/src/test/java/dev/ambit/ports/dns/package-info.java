/** Suites for DNS adapters, and stand-ins for those who use them. */
@NullMarked
package dev.ambit.ports.dns;

import org.jspecify.annotations.NullMarked;

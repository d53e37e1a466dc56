/** What every certificate authority and every caller authentication must do. */
@NullMarked
package dev.ambit.ports.ca;

import org.jspecify.annotations.NullMarked;

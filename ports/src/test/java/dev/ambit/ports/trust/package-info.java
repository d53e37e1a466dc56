/** Certificates as no honest authority would issue them, and what is made of them. */
@NullMarked
package dev.ambit.ports.trust;

import org.jspecify.annotations.NullMarked;

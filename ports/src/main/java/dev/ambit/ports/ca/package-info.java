/** Signing certificates, and knowing who asks for one. */
@NullMarked
package dev.ambit.ports.ca;

import org.jspecify.annotations.NullMarked;

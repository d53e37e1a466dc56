/** The control plane: composition and configuration. Use cases live in the packages below. */
@NullMarked
package dev.ambit.services.controlplane;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.ambit.services.controlplane;

import org.jspecify.annotations.NullMarked;

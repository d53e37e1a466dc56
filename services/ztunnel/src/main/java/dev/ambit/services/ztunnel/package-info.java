/** The node proxy: composition and configuration. Use cases live in the packages below. */
@NullMarked
package dev.ambit.services.ztunnel;

import org.jspecify.annotations.NullMarked;

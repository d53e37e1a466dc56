/** The node agent: composition and configuration. Use cases live in the packages below. */
@NullMarked
package dev.ambit.services.cniagent;

import org.jspecify.annotations.NullMarked;

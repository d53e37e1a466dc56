/** Network namespaces of Linux: held open, entered, found by name. */
@NullMarked
package dev.ambit.adapters.linux.namespace;

import org.jspecify.annotations.NullMarked;

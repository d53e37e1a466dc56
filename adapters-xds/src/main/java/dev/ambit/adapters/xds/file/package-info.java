/** Files that an operator or Kubernetes replaces while we run. */
@NullMarked
package dev.ambit.adapters.xds.file;

import org.jspecify.annotations.NullMarked;

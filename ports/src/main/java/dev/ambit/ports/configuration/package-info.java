/** Where the mesh's configuration comes from, and where the state of a pod is reported back. */
@NullMarked
package dev.ambit.ports.configuration;

import org.jspecify.annotations.NullMarked;

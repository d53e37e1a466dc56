/** A mesh on one machine: network namespaces for nodes and pods, the mesh's own processes, and pods' applications. */
@NullMarked
package dev.ambit.services.cli.lab;

import org.jspecify.annotations.NullMarked;

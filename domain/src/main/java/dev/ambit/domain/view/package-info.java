/** An immutable, indexed picture of the mesh, replaced as a whole on every change and read without locks. */
@NullMarked
package dev.ambit.domain.view;

import org.jspecify.annotations.NullMarked;

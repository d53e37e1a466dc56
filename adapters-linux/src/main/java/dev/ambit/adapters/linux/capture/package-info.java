/** Looking at what really travels over a link, for demonstrations and tests. Not a port: nothing in the mesh needs it. */
@NullMarked
package dev.ambit.adapters.linux.capture;

import org.jspecify.annotations.NullMarked;

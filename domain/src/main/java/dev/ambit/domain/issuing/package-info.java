/** Which caller may have which certificate: the node check that guards every certificate authority. */
@NullMarked
package dev.ambit.domain.issuing;

import org.jspecify.annotations.NullMarked;

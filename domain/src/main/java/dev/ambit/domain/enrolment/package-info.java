/** Whether a pod belongs to the mesh: the labels that ask for it and the facts that forbid it. */
@NullMarked
package dev.ambit.domain.enrolment;

import org.jspecify.annotations.NullMarked;

/** Enrolling the pods of this node, and taking them out again. */
@NullMarked
package dev.ambit.services.cniagent.enrol;

import org.jspecify.annotations.NullMarked;

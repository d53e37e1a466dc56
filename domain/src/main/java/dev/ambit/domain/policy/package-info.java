/** Layer-4 authorization and peer authentication: the model, its conversion to what a proxy enforces, and the verdict. */
@NullMarked
package dev.ambit.domain.policy;

import org.jspecify.annotations.NullMarked;

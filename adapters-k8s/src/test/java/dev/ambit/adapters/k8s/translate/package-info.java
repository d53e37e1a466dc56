/** Tests. */
@NullMarked
package dev.ambit.adapters.k8s.translate;

import org.jspecify.annotations.NullMarked;

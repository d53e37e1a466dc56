/** One pod (or other endpoint) with an identity, as Istio's WDS describes it. Nothing here decides. */
@NullMarked
package dev.ambit.domain.workload;

import org.jspecify.annotations.NullMarked;

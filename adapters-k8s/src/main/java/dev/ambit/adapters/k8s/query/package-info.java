/**
 * Answers that are remembered, and found again only when something they were found from has changed. Knows nothing of
 * Kubernetes.
 */
@NullMarked
package dev.ambit.adapters.k8s.query;

import org.jspecify.annotations.NullMarked;

/**
 * What objects mean together: the mesh. One record per question, such as which services a pod backs; each is asked again
 * only when something it was answered from has changed.
 */
@NullMarked
package dev.ambit.adapters.k8s.derive;

import org.jspecify.annotations.NullMarked;

/** What every adapter of the pod network ports promises, and fakes that keep the promises in memory. */
@NullMarked
package dev.ambit.ports.podnetwork;

import org.jspecify.annotations.NullMarked;

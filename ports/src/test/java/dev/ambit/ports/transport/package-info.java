/** What every transport promises: contract suites with plain sockets on the outside, and the fakes they need. */
@NullMarked
package dev.ambit.ports.transport;

import org.jspecify.annotations.NullMarked;

/** How bytes are carried: a transport owns sockets, TLS, framing and copying, and asks for a plan once per connection. */
@NullMarked
package dev.ambit.ports.transport;

import org.jspecify.annotations.NullMarked;

/** The transport on Netty: epoll, BoringSSL and a lean HTTP/2 of our own. Public is only what services construct. */
@NullMarked
package dev.ambit.adapters.netty;

import org.jspecify.annotations.NullMarked;

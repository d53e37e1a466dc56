package dev.ambit.adapters.netty.tls;

import io.netty.channel.epoll.Epoll;
import io.netty.handler.ssl.OpenSsl;

/** The native code of this transport. */
public final class TlsLibrary {

    /** Loads it, where it can be loaded; what cannot be is told by whoever needs it. Takes a while at a process's start. */
    public static void load() {
        boolean _ = Epoll.isAvailable() && OpenSsl.isAvailable();
    }

    private TlsLibrary() {}
}

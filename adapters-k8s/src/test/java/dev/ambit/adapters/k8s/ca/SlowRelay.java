package dev.ambit.adapters.k8s.ca;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A relay to a port of this machine that can keep everything for a while. */
final class SlowRelay implements AutoCloseable {
    private final int to;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean held;

    SlowRelay(int to) {
        this.to = to;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    synchronized void hold() {
        held = true;
    }

    synchronized void release() {
        held = false;
        notifyAll();
    }

    private synchronized void pass() throws InterruptedException {
        while (held) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket from = listening.accept();
                var on = new Socket(InetAddress.getLoopbackAddress(), to);
                sockets.add(from);
                sockets.add(on);
                Thread.ofVirtual().start(() -> carry(from, on));
                Thread.ofVirtual().start(() -> carry(on, from));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void carry(Socket from, Socket on) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = on.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                pass();
                out.write(buffer, 0, read);
                out.flush();
            }
            on.close();
        } catch (IOException | InterruptedException _) {
            // Closed.
        }
    }

    @Override
    public void close() {
        release();
        try {
            listening.close();
            for (Socket each : sockets) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

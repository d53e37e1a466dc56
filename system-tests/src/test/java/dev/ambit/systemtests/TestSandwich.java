package dev.ambit.systemtests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A waypoint between two node proxies ("sandwiched"): its own hands it connections with a PROXY protocol header, version 2,
 * and captures those that it makes to the destinations named there.
 */
final class TestSandwich {
    static final int PORT = 15_088;

    /** PP2_TYPE of the caller's identity, Istio's. */
    private static final int IDENTITY = 0xD0;

    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};

    private final BlockingQueue<Header> headers = new LinkedBlockingQueue<>();
    private final Pod pod;

    /** Who calls whom. */
    record Header(InetAddress source, InetSocketAddress destination, String identity) {}

    TestSandwich(Pod pod) {
        this.pod = pod;
        pod.listen(PORT, this::pass);
    }

    /** The next header that arrives. */
    Header next() throws InterruptedException {
        Header header = headers.poll(10, TimeUnit.SECONDS);
        if (header == null) {
            throw new AssertionError("nothing came to the sandwiched waypoint");
        }
        return header;
    }

    private void pass(Socket caller) throws IOException {
        Header header = read(new DataInputStream(caller.getInputStream()));
        headers.add(header);
        try (Socket onward = connected(header.destination())) {
            Thread back = Thread.ofVirtual().start(() -> copy(onward, caller));
            copy(caller, onward);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** On a platform thread, because it enters the pod's namespace. */
    private Socket connected(InetSocketAddress to) throws IOException, InterruptedException {
        var made = new LinkedBlockingQueue<Socket>();
        Thread.ofPlatform()
                .start(() -> {
                    try {
                        made.add(pod.connect(to));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .join();
        Socket socket = made.poll();
        if (socket == null) {
            throw new IOException("no connection to " + to);
        }
        return socket;
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException _) {
            // One of the two left; the other direction notices.
        }
    }

    /** The PROXY protocol, version 2, section 2.2: TCP over IPv4 and IPv6. */
    private static Header read(DataInputStream in) throws IOException {
        byte[] signature = in.readNBytes(SIGNATURE.length);
        int version = in.readUnsignedByte();
        int family = in.readUnsignedByte();
        byte[] rest = in.readNBytes(in.readUnsignedShort());
        if (!Arrays.equals(signature, SIGNATURE) || version != 0x21 || (family != 0x11 && family != 0x21)) {
            throw new IOException("no PROXY header for TCP: version " + version + ", family " + family);
        }
        int length = family == 0x11 ? 4 : 16;
        int ports = 2 * length;
        return new Header(
                InetAddress.getByAddress(Arrays.copyOf(rest, length)),
                new InetSocketAddress(
                        InetAddress.getByAddress(Arrays.copyOfRange(rest, length, ports)), number(rest, ports + 2)),
                identity(rest, ports + 4));
    }

    private static String identity(byte[] bytes, int from) {
        for (int at = from; at + 3 <= bytes.length; at += 3 + number(bytes, at + 1)) {
            if ((bytes[at] & 0xff) == IDENTITY) {
                return new String(bytes, at + 3, number(bytes, at + 1), UTF_8);
            }
        }
        return "";
    }

    private static int number(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }
}

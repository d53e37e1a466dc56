package dev.ambit.ports.dns;

import dev.ambit.domain.dns.DnsName;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsQuestion;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

/** Asks as a pod's resolver would, with plain sockets. */
public final class DnsClient {
    private static final int PATIENCE_MILLIS = 15_000;
    private static final Random RANDOM = new Random();

    /** A query that expects recursion, in class IN. */
    public static DnsQuery query(String name, int type) {
        return DnsQuery.of(new DnsQuestion(new DnsName(name), type, 1), RANDOM)
                .orElseThrow(() -> new IllegalArgumentException("not a host name: " + name));
    }

    /** Sends one datagram and returns the next that comes back. */
    public static byte[] byUdp(DatagramSocket socket, InetAddress server, int port, byte[] message) throws IOException {
        socket.send(new DatagramPacket(message, message.length, server, port));
        return receive(socket);
    }

    public static byte[] receive(DatagramSocket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /** Sends a message with its length in front. */
    public static void send(Socket socket, byte[] message) throws IOException {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >>> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        new DataOutputStream(socket.getOutputStream()).write(framed);
    }

    /** The next message of a stream. */
    public static byte[] receive(Socket socket) throws IOException {
        socket.setSoTimeout(PATIENCE_MILLIS);
        var in = new DataInputStream(socket.getInputStream());
        return in.readNBytes(in.readUnsignedShort());
    }

    private DnsClient() {}
}

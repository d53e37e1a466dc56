package dev.ambit.systemtests.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.domain.address.IpPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two pods and the node that routes between them: three namespaces, IPv4 and IPv6. */
final class RoutedPods implements AutoCloseable {
    static final String CLIENT_V4 = "10.9.1.2";
    static final String CLIENT_V6 = "fd00:9:1::2";
    static final String SERVER_V4 = "10.9.2.2";
    static final String SERVER_V6 = "fd00:9:2::2";
    static final String NODE_V4 = "10.9.2.1";
    static final String NODE_V6 = "fd00:9:2::1";

    private static final int MILLIS_MAX = 10_000;

    final LinuxNetworkNamespace node;
    final LinuxNetworkNamespace client;
    final LinuxNetworkNamespace server;

    RoutedPods() {
        try {
            assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                    .as("these tests create network namespaces: run them as root, or leave out system-tests")
                    .isEqualTo(0);
            // What the JDK finds out about the network once, it is to find out at home.
            new ServerSocket(0).close();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        node = LinuxNetworkNamespace.createAnonymous();
        client = LinuxNetworkNamespace.createAnonymous();
        server = LinuxNetworkNamespace.createAnonymous();
        run(node, """
                ip link set lo up
                echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
                """);
        join(client, 1);
        join(server, 2);
    }

    private void join(LinuxNetworkNamespace pod, int number) {
        long pid = ProcessHandle.current().pid();
        pod.<String>withFd(fd -> run(
                node, "ip link add pod%d type veth peer name eth0 netns /proc/%d/fd/%d".formatted(number, pid, fd)));
        run(node, """
                ip link set pod%1$d up; ip addr add 10.9.%1$d.1/24 dev pod%1$d
                ip -6 addr add fd00:9:%1$d::1/64 dev pod%1$d nodad
                """.formatted(number));
        run(pod, """
                ip link set lo up; ip link set eth0 up
                ip addr add 10.9.%1$d.2/24 dev eth0; ip -6 addr add fd00:9:%1$d::2/64 dev eth0 nodad
                ip route add default via 10.9.%1$d.1; ip -6 route add default via fd00:9:%1$d::1
                """.formatted(number));
    }

    /** Runs a shell script that must succeed; its output. */
    static String run(LinuxNetworkNamespace namespace, String script) {
        return namespace.withFd(fd -> {
            try {
                String path = "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
                Process process = new ProcessBuilder("nsenter", path, "sh", "-ec", script)
                        .redirectErrorStream(true)
                        .start();
                process.getOutputStream().close();
                String output = new String(process.getInputStream().readAllBytes(), UTF_8);
                assertThat(process.waitFor()).as("%s: %s", script, output).isZero();
                return output;
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        });
    }

    /** An application of a namespace that first says whom it sees, in a line, then sends back what it gets. */
    static ServerSocket application(LinuxNetworkNamespace namespace, int port) {
        ServerSocket listener = namespace.call(() -> {
            try {
                return new ServerSocket(port);
            } catch (IOException taken) {
                throw new UncheckedIOException(taken);
            }
        });
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket connection = listener.accept();
                    Thread.startVirtualThread(() -> serve(connection));
                } catch (IOException _) {
                    // The test is over.
                    return;
                }
            }
        });
        return listener;
    }

    private static void serve(Socket connection) {
        try (connection) {
            IpPort caller = IpPort.of((InetSocketAddress) connection.getRemoteSocketAddress());
            connection.getOutputStream().write((caller.ip() + "\n").getBytes(UTF_8));
            connection.getInputStream().transferTo(connection.getOutputStream());
        } catch (IOException _) {
            // The caller went away; the test looks at its own end.
        }
    }

    static Socket connect(LinuxNetworkNamespace namespace, String address, int port) {
        return namespace.call(() -> {
            try {
                var socket = new Socket();
                socket.setSoTimeout(MILLIS_MAX);
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), MILLIS_MAX);
                return socket;
            } catch (IOException failed) {
                throw new UncheckedIOException(address + ":" + port, failed);
            }
        });
    }

    @Override
    public void close() {
        client.close();
        server.close();
        node.close();
    }
}

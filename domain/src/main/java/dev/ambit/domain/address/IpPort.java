package dev.ambit.domain.address;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One end of a TCP connection.
 *
 * @param port 0 to 65535; 0 only where "any port" makes sense
 */
public record IpPort(IpAddress ip, int port) {
    public IpPort {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
    }

    public static IpPort of(String ip, int port) {
        return new IpPort(IpAddress.of(ip), port);
    }

    public static IpPort of(InetSocketAddress address) {
        return new IpPort(IpAddress.of(address.getAddress()), address.getPort());
    }

    /** Reads {@code 1.2.3.4:80} or {@code [::1]:80}; empty if the text is neither, or if the port is 0. */
    public static Optional<IpPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.indexOf(':') >= 0 != bracketed) {
            return Optional.empty();
        }
        String literal = bracketed ? host.substring(1, host.length() - 1) : host;
        return IpAddress.parse(literal)
                .flatMap(ip -> Ports.parse(text.substring(colon + 1)).map(port -> new IpPort(ip, port)));
    }

    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(ip.toInetAddress(), port);
    }

    /** {@code 1.2.3.4:80} or {@code [::1]:80}, the form of an HTTP authority. */
    @Override
    public String toString() {
        return ip.isV4() ? ip + ":" + port : "[" + ip + "]:" + port;
    }
}

package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.domain.address.IpAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The server's side of SOCKS5 (RFC 1928): no authentication, CONNECT only. Reads no byte more than the request, so that what
 * follows is the application's.
 */
final class SocksHandshake {
    private static final int VERSION = 5;
    private static final int NO_AUTHENTICATION = 0;
    private static final int CONNECT = 1;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    /** What a client may have sent beyond what was read when it is refused. */
    private static final int REST_BYTES = 1 << 10;

    private final SocketDuplex client;
    private final Duration timeout;
    private final long startNanos = System.nanoTime();

    SocksHandshake(SocketDuplex client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /** Reply codes (RFC 1928 section 6). */
    enum Reply {
        SUCCEEDED(0),
        GENERAL_FAILURE(1),
        HOST_UNREACHABLE(4),
        COMMAND_NOT_SUPPORTED(7);

        private final int code;

        Reply(int code) {
            this.code = code;
        }
    }

    /** What a client wants to be connected to. */
    sealed interface Target {
        int port();

        record Address(IpAddress ip, int port) implements Target {}

        record Name(String hostname, int port) implements Target {}
    }

    /** There is nothing to make of what the client sends; it has been told. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why);
        }
    }

    /**
     * Reads what the client wants, which then waits for a {@link #reply}.
     *
     * @throws Refused if that is nothing this can do, or is not said in time
     */
    Target read() throws IOException {
        try {
            greet();
            return request();
        } catch (SocketTimeoutException silence) {
            throw refuse(Reply.GENERAL_FAILURE, "no request within " + timeout.toMillis() + " ms");
        } catch (EOFException gone) {
            throw new Refused("client went away before its request");
        }
    }

    private void greet() throws IOException {
        version();
        boolean offered = false;
        for (byte method : bytes(unsigned())) {
            offered |= method == NO_AUTHENTICATION;
        }
        if (!offered) {
            throw refuse(Reply.COMMAND_NOT_SUPPORTED, "client does not offer to go without authentication");
        }
        client.write(ByteBuffer.wrap(new byte[] {VERSION, NO_AUTHENTICATION}));
    }

    private void version() throws IOException {
        int version = unsigned();
        if (version != VERSION) {
            throw refuse(Reply.COMMAND_NOT_SUPPORTED, "version " + version + " instead of 5");
        }
    }

    private Target request() throws IOException {
        version();
        int command = unsigned();
        if (command != CONNECT) {
            throw refuse(Reply.COMMAND_NOT_SUPPORTED, "command " + command + " instead of CONNECT");
        }
        bytes(1); // reserved
        int kind = unsigned();
        return switch (kind) {
            case IPV4 -> new Target.Address(address(4), port());
            case IPV6 -> new Target.Address(address(16), port());
            case NAME -> new Target.Name(new String(bytes(unsigned()), StandardCharsets.ISO_8859_1), port());
            default -> throw refuse(Reply.COMMAND_NOT_SUPPORTED, "address of kind " + kind);
        };
    }

    private IpAddress address(int length) throws IOException {
        byte[] bytes = bytes(length);
        return IpAddress.ofBytes(bytes).orElseThrow(() -> new IOException("not an address of " + length + " bytes"));
    }

    private int port() throws IOException {
        return (unsigned() << 8) + unsigned();
    }

    private int unsigned() throws IOException {
        return Byte.toUnsignedInt(bytes(1)[0]);
    }

    /** All together within the time that a client has. */
    private byte[] bytes(int count) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(count);
        while (read.hasRemaining()) {
            if (client.readWithin(read, timeout.minusNanos(System.nanoTime() - startNanos)) < 0) {
                throw new EOFException();
            }
        }
        return read.array();
    }

    /** Tells the client. That it is connected is said before it is true, as Istio says it. */
    void reply(Reply reply) throws IOException {
        client.write(ByteBuffer.wrap(new byte[] {VERSION, (byte) reply.code, 0, IPV4, 0, 0, 0, 0, 0, 0}));
    }

    /** What was sent and not read would turn the end of the connection into a reset, which may overtake the reply. */
    private Refused refuse(Reply reply, String why) throws IOException {
        reply(reply);
        if (client.available() > 0) {
            client.read(ByteBuffer.allocate(REST_BYTES));
        }
        return new Refused(why);
    }
}

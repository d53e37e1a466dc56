package dev.ambit.adapters.netty.socket;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The address that a redirected connection was dialled to, from the kernel's connection tracking. */
public final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;

    /** SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST have the same number. */
    private static final int SO_ORIGINAL_DST = 80;

    /** Of struct sockaddr_in and struct sockaddr_in6. */
    private static final int SOCKADDR_IN_BYTES = 16;

    private static final int SOCKADDR_IN6_BYTES = 28;

    private static final RawUnixChannelOption V4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, SOCKADDR_IN_BYTES);
    private static final RawUnixChannelOption V6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6_BYTES);

    /** The socket's own address when the connection was not redirected. */
    public static IpPort of(SocketChannel channel) {
        IpPort local = IpPort.of(channel.localAddress());
        Optional<IpPort> original = local.ip().isV4() ? read(channel, V4, 4, 4) : read(channel, V6, 8, 16);
        return original.orElse(local);
    }

    private static Optional<IpPort> read(
            SocketChannel channel, RawUnixChannelOption option, int addressAt, int addressBytes) {
        try {
            ByteBuffer sockaddr = channel.config().getOption(option);
            if (sockaddr == null) {
                return Optional.empty();
            }
            // Family and flow label are in host order and not needed; port and address are in network order.
            int port = Short.toUnsignedInt(sockaddr.getShort(sockaddr.position() + 2));
            byte[] address = new byte[addressBytes];
            sockaddr.get(sockaddr.position() + addressAt, address);
            return IpAddress.ofBytes(address).map(ip -> new IpPort(ip, port));
        } catch (ChannelException untracked) {
            return Optional.empty();
        }
    }

    private OriginalDestination() {}
}

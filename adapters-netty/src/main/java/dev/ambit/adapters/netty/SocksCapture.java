package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.relay.SocketLeg;
import dev.ambit.adapters.netty.socket.PodSockets;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.Reporter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Port 15080: connections of which the application says by SOCKS5 where they are to go; from there on they are outbound. */
final class SocksCapture {
    private final PodConnections pod;
    private final OutboundCapture outbound;

    SocksCapture(PodConnections pod, OutboundCapture outbound) {
        this.pod = pod;
        this.outbound = outbound;
    }

    void accept(SocketChannel connection) {
        InetSocketAddress remote = connection.remoteAddress();
        if (remote == null) {
            connection.close();
            return;
        }
        PodSockets.keepAlive(connection, pod.limits().sockets().keepalive());
        new Request(connection, IpPort.of(remote)).start();
    }

    /** One connection until its target is known. */
    private final class Request implements SocksHandshake.Listener {
        private final SocketChannel connection;
        private final IpPort client;
        private final SocketLeg application;
        private final SocksHandshake handshake;

        Request(SocketChannel connection, IpPort client) {
            this.connection = connection;
            this.client = client;
            this.application = new SocketLeg(connection);
            this.handshake = new SocksHandshake(pod.limits().handshakeTimeout(), this);
        }

        void start() {
            connection.pipeline().addLast(handshake, application.handler());
        }

        @Override
        public void requested(SocksHandshake.Target target) {
            switch (target) {
                case SocksHandshake.Target.Address(IpAddress ip, int port) -> carry(new IpPort(ip, port));
                case SocksHandshake.Target.Name(String hostname, int port) ->
                    Answers.ask(
                            connection.eventLoop(),
                            () -> pod.pod()
                                    .names()
                                    .addressOf(hostname, client.ip().family()),
                            found -> resolved(hostname, found.map(ip -> new IpPort(ip, port))),
                            _ -> resolved(hostname, Optional.empty()));
            }
        }

        private void resolved(String hostname, Optional<IpPort> target) {
            target.ifPresentOrElse(this::carry, () -> {
                refuse(SocksHandshake.Reply.HOST_UNREACHABLE);
                failed("no address of the name " + hostname);
            });
        }

        private void carry(IpPort destination) {
            ChannelHandlerContext context = connection.pipeline().context(handshake);
            if (context != null) {
                handshake.accept(context);
                outbound.carry(application, connection.eventLoop(), client, destination);
            }
        }

        private void refuse(SocksHandshake.Reply reply) {
            ChannelHandlerContext context = connection.pipeline().context(handshake);
            if (context != null) {
                handshake.refuse(context, reply);
            }
        }

        @Override
        public void failed(String why) {
            pod.rejected(Reporter.SOURCE, client, IpPort.of(connection.localAddress()), "SOCKS5: " + why);
        }
    }
}

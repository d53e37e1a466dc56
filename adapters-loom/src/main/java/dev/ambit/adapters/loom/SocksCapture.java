package dev.ambit.adapters.loom;

import dev.ambit.adapters.loom.pod.Pod;
import dev.ambit.adapters.loom.socket.SocketDuplex;
import dev.ambit.adapters.loom.stream.ErrorText;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.Reporter;
import java.io.IOException;
import java.util.Optional;

/** Port 15080: connections of which the application says by SOCKS5 where they are to go; from there on they are outbound. */
final class SocksCapture {
    private final Pod pod;
    private final OutboundCapture outbound;

    SocksCapture(Pod pod, OutboundCapture outbound) {
        this.pod = pod;
        this.outbound = outbound;
    }

    void carry(SocketDuplex application) throws IOException {
        IpPort client = application.remote();
        IpPort local = application.local();
        var handshake = new SocksHandshake(application, pod.limits().handshakeTimeout());
        IpPort destination;
        try {
            destination = destination(handshake, client);
            handshake.reply(SocksHandshake.Reply.SUCCEEDED);
        } catch (IOException refused) {
            pod.rejected(Reporter.SOURCE, client, local, "SOCKS5: " + ErrorText.of(refused));
            return;
        }
        outbound.carry(application, client, destination);
    }

    private IpPort destination(SocksHandshake handshake, IpPort client) throws IOException {
        return switch (handshake.read()) {
            case SocksHandshake.Target.Address(IpAddress ip, int port) -> new IpPort(ip, port);
            case SocksHandshake.Target.Name(String hostname, int port) -> {
                Optional<IpAddress> found = addressOf(hostname, client);
                if (found.isEmpty()) {
                    handshake.reply(SocksHandshake.Reply.HOST_UNREACHABLE);
                    throw new SocksHandshake.Refused("no address of the name " + hostname);
                }
                yield new IpPort(found.get(), port);
            }
        };
    }

    private Optional<IpAddress> addressOf(String hostname, IpPort client) {
        try {
            return pod.ask(
                    () -> pod.binding().names().addressOf(hostname, client.ip().family()));
        } catch (RuntimeException unanswered) {
            return Optional.empty();
        }
    }
}

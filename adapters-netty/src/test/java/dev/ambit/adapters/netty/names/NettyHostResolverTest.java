package dev.ambit.adapters.netty.names;

import dev.ambit.ports.names.HostResolver;
import dev.ambit.ports.names.HostResolverContract;
import java.net.InetSocketAddress;
import java.time.Duration;

class NettyHostResolverTest extends HostResolverContract {
    @Override
    protected HostResolver resolver(InetSocketAddress server) {
        return new NettyHostResolver(
                NettyHostResolver.Options.SYSTEM.asking(server).within(Duration.ofSeconds(1)));
    }
}

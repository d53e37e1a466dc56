package dev.ambit.adapters.netty.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.dns.DnsRecord;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HostCacheTest {
    private static final DnsRecord[] NOTHING = {};

    @Test
    void theNameUsedLongestAgoMakesRoom() {
        var cache = new HostCache(2, 60, 5);
        try (var loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory())) {
            EventLoop loop = loops.next();
            InetAddress address = InetAddress.ofLiteral("192.0.2.1");
            cache.cache("one", NOTHING, address, 60, loop);
            cache.cache("two", NOTHING, address, 60, loop);
            assertThat(cache.get("one", NOTHING)).hasSize(1);

            cache.cache("three", NOTHING, new IllegalStateException("no such name"), loop);

            assertThat(cache.get("two", NOTHING)).isNull();
            assertThat(cache.get("one", NOTHING)).hasSize(1);
            assertThat(cache.get("three", NOTHING)).hasSize(1);
            assertThat(cache.size()).isEqualTo(2);
        }
    }
}

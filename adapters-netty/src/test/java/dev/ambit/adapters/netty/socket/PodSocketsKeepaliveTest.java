package dev.ambit.adapters.netty.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.transport.TcpKeepalive;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel is told about dead peers. */
@Timeout(30)
class PodSocketsKeepaliveTest {
    private final EpollSocketChannel channel;

    PodSocketsKeepaliveTest() {
        Epoll.ensureAvailability();
        channel = new EpollSocketChannel();
    }

    @AfterEach
    void close() {
        channel.unsafe().closeForcibly();
    }

    @Test
    void isIstiosUnlessSetOtherwise() {
        PodSockets.keepAlive(channel, TcpKeepalive.ISTIO);

        assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(180);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(180);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(9);
        assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isZero();
    }

    @Test
    void canBeSwitchedOffBesideAUserTimeout() {
        PodSockets.keepAlive(channel, new TcpKeepalive(false, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, true));

        assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
        assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                .isEqualTo(25_000);
    }
}

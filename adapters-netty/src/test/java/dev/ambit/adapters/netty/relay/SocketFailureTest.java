package dev.ambit.adapters.netty.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SocketFailureTest {
    private static final int ETIMEDOUT = 110;
    private static final int EHOSTUNREACH = 113;

    @BeforeAll
    static void loadsTheErrorNumbers() {
        Epoll.ensureAvailability();
    }

    @Test
    void everydayEndsAreNoFailure() {
        assertThat(SocketLeg.failure(new ClosedChannelException())).isEmpty();
        for (int errno :
                new int[] {Errors.ERRNO_ECONNRESET_NEGATIVE, Errors.ERRNO_EPIPE_NEGATIVE, Errors.ERRNO_ENOTCONN_NEGATIVE
                }) {
            assertThat(SocketLeg.failure(new Errors.NativeIoException("read", errno)))
                    .isEmpty();
        }
    }

    @Test
    void whatTheNetworkDoesIsOne() {
        assertThat(SocketLeg.failure(new Errors.NativeIoException("read", -ETIMEDOUT)))
                .startsWith("socket failed: ")
                .containsIgnoringCase("timed out");
        assertThat(SocketLeg.failure(new Errors.NativeIoException("write", -EHOSTUNREACH)))
                .containsIgnoringCase("no route");
        assertThat(SocketLeg.failure(new IOException("disk on fire"))).contains("disk on fire");
    }
}

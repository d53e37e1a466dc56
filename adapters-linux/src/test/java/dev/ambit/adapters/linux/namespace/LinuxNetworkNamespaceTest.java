package dev.ambit.adapters.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.linux.syscall.Libc;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespaceContract;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxNetworkNamespaceTest extends NetworkNamespaceContract {

    @Override
    protected NetworkNamespace fresh() {
        return LinuxNetworkNamespace.createAnonymous();
    }

    @Override
    protected NetworkNamespace again(NetworkNamespace namespace) {
        return namespace.call(LinuxNetworkNamespace::ofCurrentThread);
    }

    @Override
    protected Object whereabouts() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void socketStaysInTheNamespaceItWasMadeIn() throws IOException {
        try (var one = LinuxNetworkNamespace.createAnonymous();
                var other = LinuxNetworkNamespace.createAnonymous();
                var inOne = one.call(() -> listen(15001));
                var inOther = other.call(() -> listen(15001))) {
            assertThat(List.of(inOne.getLocalPort(), inOther.getLocalPort())).containsExactly(15001, 15001);
        }
    }

    private static ServerSocket listen(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.ofLiteral("0.0.0.0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatIsNoNamespaceIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> LinuxNetworkNamespace.open(file))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("not a network namespace");
        assertThatThrownBy(() -> LinuxNetworkNamespace.open(Path.of("/proc/self/ns/mnt")))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("not a network namespace");
        assertThatThrownBy(() -> LinuxNetworkNamespace.open(folder.resolve("absent")))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("ENOENT");
    }

    @Test
    void aRefusedDescriptorIsClosed(@TempDir Path folder) throws IOException {
        int fd = Libc.open(Files.createFile(folder.resolve("file")));

        assertThatThrownBy(() -> LinuxNetworkNamespace.ofFd(fd)).isInstanceOf(PodNetworkException.class);

        assertThat(Files.exists(Path.of("/proc/self/fd/" + fd))).isFalse();
    }
}

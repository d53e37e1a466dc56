package dev.ambit.adapters.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.linux.CommandLine;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespaces;
import dev.ambit.ports.podnetwork.NetworkNamespacesContract;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedNetworkNamespacesTest extends NetworkNamespacesContract {
    @TempDir
    private Path folder = Path.of("");

    private final List<LinuxNetworkNamespace> made = new ArrayList<>();

    @AfterEach
    void closeAll() {
        made.forEach(LinuxNetworkNamespace::close);
    }

    @Override
    protected NetworkNamespaces namespaces() {
        return new NamedNetworkNamespaces(folder + "/{namespace}-{name}");
    }

    /** A link to our own open descriptor stands for the mount that {@code ip netns add} would leave behind. */
    @Override
    protected NetworkNamespace.Id provide(PodRef pod, List<IpAddress> held) {
        var namespace = LinuxNetworkNamespace.createAnonymous();
        made.add(namespace);
        for (IpAddress address : held) {
            CommandLine.run(namespace, "ip addr add " + address + (address.isV4() ? "/32" : "/128") + " dev lo");
        }
        return namespace.withFd(fd -> {
            try {
                Files.createSymbolicLink(path(pod), Path.of("/proc/self/fd/" + fd));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return namespace.id();
        });
    }

    @Override
    protected void provideBroken(PodRef pod) {
        try {
            Files.createFile(path(pod));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path path(PodRef pod) {
        return folder.resolve(pod.namespace() + "-" + pod.name());
    }

    @Test
    void findsByUid() {
        var byUid = new NamedNetworkNamespaces(folder + "/{uid}");
        NodePod cart = pod("cart", "10.9.0.1");
        NetworkNamespace.Id id = provide(new PodRef("", "uid", "cart", ""), cart.addresses());

        try (var found = byUid.find(cart).orElseThrow()) {
            assertThat(found.id()).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../../etc/passwd", "a..b", "-rf", "a b", "a\nb"})
    void namesThatWouldLeaveTheFolderAreRefused(String name) {
        var pod = new NodePod(
                new PodRef("uid", "shop", name, "default"),
                List.of(IpAddress.of("10.9.0.1")),
                Map.of(),
                Map.of(),
                Map.of(),
                false,
                false);

        assertThatThrownBy(() -> namespaces().find(pod))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("{name}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run/netns/{name}", "/run/netns/{namespace}", "/run/netns/pod"})
    void patternMustTellPodsApart(String pattern) {
        assertThatThrownBy(() -> new NamedNetworkNamespaces(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + pattern + "'");
    }
}

package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link NetworkNamespaces} promises. */
@Timeout(30)
public abstract class NetworkNamespacesContract {

    protected abstract NetworkNamespaces namespaces();

    /** Makes a namespace that holds these addresses, where the pod's is looked for. */
    protected abstract NetworkNamespace.Id provide(PodRef pod, List<IpAddress> held);

    /** Puts something that is no namespace where the pod's is looked for. */
    protected abstract void provideBroken(PodRef pod);

    protected static NodePod pod(String name, String... addresses) {
        return new NodePod(
                new PodRef("uid-" + name, "shop", name, "default"),
                Stream.of(addresses).map(IpAddress::of).toList(),
                Map.of(),
                Map.of(),
                Map.of(),
                false,
                false);
    }

    @Test
    void findsThePodsNamespace() {
        NodePod cart = pod("cart", "10.9.0.1");
        NetworkNamespace.Id made = provide(cart.ref(), cart.addresses());

        try (var found = namespaces().find(cart).orElseThrow()) {
            assertThat(found.id()).isEqualTo(made);
        }
    }

    @Test
    void oneOfThePodsAddressesIsEnough() {
        NodePod dual = pod("dual", "10.9.0.2", "fd00:9::2");
        NetworkNamespace.Id made = provide(dual.ref(), List.of(IpAddress.of("fd00:9::2")));

        try (var found = namespaces().find(dual).orElseThrow()) {
            assertThat(found.id()).isEqualTo(made);
        }
    }

    @Test
    void eachFindIsAHandleOfItsOwn() {
        NodePod cart = pod("cart", "10.9.0.1");
        provide(cart.ref(), cart.addresses());

        namespaces().find(cart).orElseThrow().close();

        try (var found = namespaces().find(cart).orElseThrow()) {
            assertThat(found.call(() -> "inside")).isEqualTo("inside");
        }
    }

    @Test
    void podWithoutNamespaceHasNone() {
        assertThat(namespaces().find(pod("absent", "10.9.0.3"))).isEmpty();
    }

    @Test
    void namespaceOfAnotherPodIsNotReturned() {
        NodePod cart = pod("cart", "10.9.0.1");
        provide(cart.ref(), List.of(IpAddress.of("10.9.0.99")));

        assertThat(namespaces().find(cart)).isEmpty();
    }

    @Test
    void podWithoutAddressesHasNone() {
        NodePod cart = pod("cart");
        provide(cart.ref(), List.of(IpAddress.of("10.9.0.1")));

        assertThat(namespaces().find(cart)).isEmpty();
    }

    @Test
    void whatIsNoNamespaceIsAnError() {
        NodePod cart = pod("cart", "10.9.0.1");
        provideBroken(cart.ref());

        assertThatThrownBy(() -> namespaces().find(cart))
                .isInstanceOf(PodNetworkException.class)
                .hasMessageContaining("cart");
    }
}

package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.enrolment.Capture;
import org.junit.jupiter.api.Test;

class FakePodRedirectionTest extends PodRedirectionContract {
    private final FakePodRedirection redirection = new FakePodRedirection();
    private long inode;

    @Override
    protected PodRedirection redirection() {
        return redirection;
    }

    @Override
    protected NetworkNamespace podNamespace() {
        inode++;
        return new FakeNetworkNamespace(inode);
    }

    @Override
    protected String settings(NetworkNamespace namespace) {
        return String.valueOf(redirection.applied().contains(namespace.id()));
    }

    @Test
    void refusesWhatItIsToldToRefuse() {
        NetworkNamespace namespace = podNamespace();
        redirection.refuse(namespace.id());

        assertThatThrownBy(() -> redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES))
                .isInstanceOf(PodNetworkException.class);

        redirection.accept(namespace.id());
        redirection.apply(namespace, Capture.CONNECTIONS_AND_NAMES);
    }
}

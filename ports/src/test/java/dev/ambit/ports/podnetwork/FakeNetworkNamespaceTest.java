package dev.ambit.ports.podnetwork;

import java.util.concurrent.atomic.AtomicLong;

class FakeNetworkNamespaceTest extends NetworkNamespaceContract {
    private final AtomicLong inodes = new AtomicLong(100);

    @Override
    protected NetworkNamespace fresh() {
        return new FakeNetworkNamespace(inodes.incrementAndGet());
    }

    @Override
    protected NetworkNamespace again(NetworkNamespace namespace) {
        return new FakeNetworkNamespace(namespace.id().inode());
    }

    @Override
    protected Object whereabouts() {
        return FakeNetworkNamespace.current();
    }
}

package dev.ambit.ports.podnetwork;

class FakeNodeProxiesTest extends NodeProxiesContract {
    private FakeNodeProxies agent = new FakeNodeProxies();
    private long inode = 40;

    @Override
    protected NodeProxies proxies() {
        agent = new FakeNodeProxies();
        return agent;
    }

    @Override
    protected PodFeed feed() {
        return agent.feed();
    }

    @Override
    protected NetworkNamespace namespace() {
        inode++;
        return new FakeNetworkNamespace(inode);
    }
}

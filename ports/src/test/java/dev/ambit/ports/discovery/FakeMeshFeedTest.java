package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import java.util.List;

class FakeMeshFeedTest extends MeshFeedContract {
    @Override
    protected MeshFeed feed(List<MeshChange> content) {
        var feed = new FakeMeshFeed();
        feed.publish(content);
        return feed;
    }

    @Override
    protected void change(MeshFeed feed, List<MeshChange> batch) {
        ((FakeMeshFeed) feed).publish(batch);
    }
}

package dev.ambit.ports.podnetwork;

import dev.ambit.domain.workload.PodRef;
import java.util.concurrent.CompletionStage;

/**
 * The node proxy's side of ZDS (istio.workload.zds): hears from the node agent which pods to serve. Connects, and
 * connects again for ever, with back-off from 20 ms to 15 s.
 */
public interface PodFeed extends AutoCloseable {

    /**
     * Receives what the node agent says, one call at a time per connection: the feed waits for each stage before it acknowledges and
     * reads on. A stage that fails is answered with a refusal that carries the failure's message.
     */
    interface Listener {
        /** A connection is up; a snapshot follows. Pods neither added nor kept in it are gone. */
        void snapshotStarted();

        /** Serve this pod. The listener owns the namespace handle and closes it. */
        CompletionStage<Void> added(PodRef pod, NetworkNamespace namespace);

        /** The pod with this uid is still there; its namespace need not be sent again. */
        CompletionStage<Void> kept(String uid);

        CompletionStage<Void> snapshotCompleted();

        CompletionStage<Void> removed(String uid);

        /** The agent is away. Pods being served stay served. */
        void disconnected(String why);

        /**
         * The agent broke the order of the dialogue: what it says can be relied on no longer, and the feed has ended.
         *
         * @param violation what it did, one line
         */
        void broken(String violation);
    }

    void start(Listener listener);

    @Override
    void close();
}

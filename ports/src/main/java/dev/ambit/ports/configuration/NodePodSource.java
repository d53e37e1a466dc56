package dev.ambit.ports.configuration;

import dev.ambit.domain.enrolment.NodePod;
import java.util.List;

/** The pods of one node, for its node agent. */
public interface NodePodSource extends AutoCloseable {

    /** Called one at a time, from one thread. */
    interface Listener {
        /** Every pod of the node, after every change. */
        void pods(List<NodePod> pods);

        /** Everything that is wrong at present; see {@link ConfigurationSource.Listener#problems}. */
        void problems(List<ConfigurationProblem> problems);
    }

    /** Starts to watch. Returns after the first list was delivered. */
    void start(String node, Listener listener);

    /** See {@link ConfigurationSource#pending}. */
    default List<String> pending() {
        return List.of();
    }

    @Override
    void close();
}

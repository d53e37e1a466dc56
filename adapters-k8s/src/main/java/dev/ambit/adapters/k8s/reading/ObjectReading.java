package dev.ambit.adapters.k8s.reading;

import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of one object's JSON. */
public sealed interface ObjectReading {

    /** What is to be reported about it. */
    List<ObjectProblem> problems();

    /** An object that can be used. */
    record Sound(HasMetadata object, List<ObjectProblem> problems) implements ObjectReading {
        public Sound {
            problems = List.copyOf(problems);
        }
    }

    /**
     * An object that cannot be used.
     *
     * @param closed stands in for a policy of which no better version is known; null for other kinds
     */
    record Rejected(@Nullable UnreadablePolicy closed, List<ObjectProblem> problems) implements ObjectReading {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}

package dev.ambit.ports.discovery;

import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Discovery on demand whose control plane is the test: it answers names when the test says so. For one thread. */
public final class FakeMeshDiscovery implements MeshDiscovery {
    private final Map<MeshName, CompletableFuture<Answer>> answers = new HashMap<>();
    private final List<MeshName> asked = new ArrayList<>();
    private final List<MeshName> held = new ArrayList<>();
    private @Nullable Listener listener;

    @Override
    public void start(Listener heard) {
        this.listener = heard;
        heard.synced();
    }

    @Override
    public Held hold(MeshName name) {
        held.add(name);
        CompletableFuture<Answer> answer = answers.computeIfAbsent(name, _ -> {
            asked.add(name);
            return new CompletableFuture<>();
        });
        var open = new AtomicBoolean(true);
        return new Held() {
            @Override
            public CompletionStage<Answer> answer() {
                return answer;
            }

            @Override
            public void close() {
                if (open.getAndSet(false)) {
                    held.remove(name);
                }
            }
        };
    }

    /** Tells what goes by a name, then that this was it. */
    public void answer(MeshName name, Answer answer, MeshChange... changes) {
        if (changes.length > 0 && listener != null) {
            listener.changed(List.of(changes));
        }
        answers.computeIfAbsent(name, _ -> new CompletableFuture<>()).complete(answer);
    }

    /** The names that were asked for, in order, each once. */
    public List<MeshName> asked() {
        return List.copyOf(asked);
    }

    /** The names in which somebody is interested, as often as somebody is. */
    public List<MeshName> held() {
        return List.copyOf(held);
    }

    @Override
    public void close() {
        listener = null;
    }
}

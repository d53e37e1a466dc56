package dev.ambit.adapters.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Asks the application something and hears the answer on the event loop, at once when it is already there. */
final class Answers {

    /** Exactly one of the consumers is called, unless the event loop has shut down. */
    static <T> void ask(
            EventLoop loop, Supplier<CompletionStage<T>> question, Consumer<T> answer, Consumer<Throwable> failure) {
        CompletionStage<T> stage;
        try {
            stage = question.get();
        } catch (RuntimeException broken) {
            failure.accept(broken);
            return;
        }
        if (stage instanceof CompletableFuture<T> known && known.state() == Future.State.SUCCESS) {
            // Most answers come from memory; the question is asked on the event loop.
            on(loop, () -> answer.accept(known.resultNow()));
            return;
        }
        stage.whenComplete((value, error) -> on(loop, () -> {
            if (error != null) {
                failure.accept(error);
            } else {
                answer.accept(value);
            }
        }));
    }

    static void on(EventLoop loop, Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
            return;
        }
        try {
            loop.execute(action);
        } catch (RejectedExecutionException closed) {
            // The transport has been closed, and with it everything the action could act on.
        }
    }

    private Answers() {}
}

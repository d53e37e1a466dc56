package dev.ambit.adapters.loom.http2;

import dev.ambit.adapters.loom.stream.BufferBudget;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;

/** What has arrived on a stream and nobody has read yet. Counts against the pod's budget; guarded by the session's lock. */
final class Unread {
    private final BufferBudget budget;
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
    private int bytes;

    Unread(BufferBudget budget) {
        this.budget = budget;
    }

    void add(ByteBuffer piece) {
        pieces.add(piece);
        count(piece.remaining());
    }

    private void count(int more) {
        bytes += more;
        budget.add(more);
    }

    /** Why there may not be so much, one line; empty as long as there may. */
    Optional<String> excess() {
        return budget.ends(bytes) ? Optional.of(budget.exhausted(bytes)) : Optional.empty();
    }

    int bytes() {
        return bytes;
    }

    /** As much as there is, or there is room for. */
    int moveTo(ByteBuffer into) {
        int start = into.position();
        while (into.hasRemaining() && !pieces.isEmpty()) {
            ByteBuffer first = pieces.element();
            int moved = Math.min(first.remaining(), into.remaining());
            into.put(into.position(), first, first.position(), moved).position(into.position() + moved);
            first.position(first.position() + moved);
            if (!first.hasRemaining()) {
                pieces.remove();
            }
        }
        count(start - into.position());
        return into.position() - start;
    }

    void clear() {
        pieces.clear();
        count(-bytes);
    }
}

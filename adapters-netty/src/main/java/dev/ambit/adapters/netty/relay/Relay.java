package dev.ambit.adapters.netty.relay;

import io.netty.buffer.ByteBuf;

/** Two legs joined: what one reads the other writes, and a leg reads on only as far as the other has written. */
public final class Relay {

    /** Hears once that the connection is over. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Both legs are finished.
         *
         * @param received bytes from the initiator
         * @param sent bytes to the initiator
         * @param error one line; empty when nothing failed
         */
        void over(long received, long sent, String error);
    }

    /** What is accounted for at once, so that small messages cost nothing. */
    private static final int STEP = 16 << 10;

    private final BufferBudget budget;
    private final Leg initiator;
    private final Leg responder;
    private final Listener listener;
    private final ByteCount received = new ByteCount();
    private final ByteCount sent = new ByteCount();
    private long held;
    private long accounted;
    private boolean over;

    private Relay(Leg initiator, Leg responder, Listener listener, BufferBudget budget) {
        this.budget = budget;
        this.initiator = initiator;
        this.responder = responder;
        this.listener = listener;
    }

    /** As the other, where what the legs hold is counted elsewhere already. */
    public static Relay join(Leg initiator, Leg responder, Listener listener) {
        return join(initiator, responder, listener, BufferBudget.unlimited());
    }

    /** Joins two legs of the same event loop and begins to carry; what they hold counts against the budget. */
    public static Relay join(Leg initiator, Leg responder, Listener listener, BufferBudget budget) {
        var relay = new Relay(initiator, responder, listener, budget);
        initiator.attach(relay);
        responder.attach(relay);
        initiator.replay(relay);
        responder.replay(relay);
        initiator.flush();
        responder.flush();
        if (!relay.over) {
            initiator.resume();
            responder.resume();
        }
        return relay;
    }

    /** Bytes from the initiator so far. Any thread. */
    public long received() {
        return received.get();
    }

    /** Bytes to the initiator so far. Any thread. */
    public long sent() {
        return sent.get();
    }

    /** Ends both legs in disorder; the listener hears no error. */
    public void abort() {
        finish("", true);
    }

    void data(Leg from, ByteBuf data) {
        if (over) {
            data.release();
            return;
        }
        count(from, data.readableBytes());
        other(from).send(data);
        check();
    }

    /** Whether what this leg reads may come in a pipe. */
    boolean takesPiped(Leg from) {
        return !over && other(from).takesPiped();
    }

    void data(Leg from, KernelPipe.Piece piece) {
        if (over) {
            piece.release();
            return;
        }
        count(from, (int) piece.count());
        other(from).send(piece);
        check();
    }

    private void count(Leg from, int bytes) {
        (from == initiator ? received : sent).add(bytes);
        hold(bytes);
    }

    private void check() {
        if (!over && budget.ends(held)) {
            finish(budget.exhausted(held), true);
        }
    }

    private void hold(int bytes) {
        held += bytes;
        if (Math.abs(held - accounted) >= STEP) {
            budget.add(held - accounted);
            accounted = held;
        }
    }

    /** How far a leg may read ahead that may read this far when there is room. */
    int ahead(int ordinary) {
        return budget.ahead(ordinary);
    }

    void flush(Leg from) {
        if (!over) {
            other(from).flush();
        }
    }

    void ended(Leg from) {
        if (!over) {
            other(from).sendEnd();
        }
    }

    void written(Leg by, int bytes) {
        if (!over) {
            hold(-bytes);
            other(by).credit(bytes);
        }
    }

    /** Something ended; perhaps everything has. */
    void settle() {
        boolean readAll = (initiator.isEnded() && responder.isEnded()) || initiator.isGone() || responder.isGone();
        if (readAll && initiator.isDrained() && responder.isDrained()) {
            finish("", false);
        }
    }

    void failed(Leg leg, String error) {
        finish(error, true);
    }

    private void finish(String error, boolean abruptly) {
        if (over) {
            return;
        }
        over = true;
        budget.add(-accounted);
        if (abruptly) {
            initiator.abort();
            responder.abort();
        } else {
            initiator.close();
            responder.close();
        }
        listener.over(received(), sent(), error);
    }

    private Leg other(Leg leg) {
        return leg == initiator ? responder : initiator;
    }
}

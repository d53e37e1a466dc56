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

    private final Leg initiator;
    private final Leg responder;
    private final Listener listener;
    private long received;
    private long sent;
    private boolean over;

    private Relay(Leg initiator, Leg responder, Listener listener) {
        this.initiator = initiator;
        this.responder = responder;
        this.listener = listener;
    }

    /** Joins two legs of the same event loop and begins to carry. */
    public static Relay join(Leg initiator, Leg responder, Listener listener) {
        var relay = new Relay(initiator, responder, listener);
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

    /** Ends both legs in disorder; the listener hears no error. */
    public void abort() {
        finish("", true);
    }

    void data(Leg from, ByteBuf data) {
        if (over) {
            data.release();
            return;
        }
        if (from == initiator) {
            received += data.readableBytes();
        } else {
            sent += data.readableBytes();
        }
        other(from).send(data);
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
        if (abruptly) {
            initiator.abort();
            responder.abort();
        } else {
            initiator.close();
            responder.close();
        }
        listener.over(received, sent, error);
    }

    private Leg other(Leg leg) {
        return leg == initiator ? responder : initiator;
    }
}

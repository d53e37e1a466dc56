package dev.ambit.adapters.xds.discovery;

import org.jspecify.annotations.Nullable;

/**
 * What was last sent of a type on a stream, and what the subscriber said to it. At most one response is under way. Guarded by
 * its stream's lock.
 */
final class Answered {
    private String sent = "";
    private String accepted = "";
    private String lastError = "";
    private long sentAt;
    private boolean underWay;

    void sent(String nonce, long now) {
        sent = nonce;
        sentAt = now;
        underWay = true;
    }

    /**
     * An ACK, or a NACK.
     *
     * @param error what the subscriber rejected; null in an ACK
     * @return whether it is for the last response; any other is of no interest
     */
    boolean heard(String nonce, @Nullable String error) {
        if (!underWay || !sent.equals(nonce)) {
            return false;
        }
        underWay = false;
        lastError = error == null ? "" : error;
        if (error == null) {
            accepted = nonce;
        }
        return true;
    }

    /** Whether the subscriber answered everything it was sent. */
    boolean isIdle() {
        return !underWay;
    }

    /** The nonce of the last response; empty if there was none. */
    String sent() {
        return sent;
    }

    /** The nonce of the last response that was accepted as a whole; empty if there was none. */
    String accepted() {
        return accepted;
    }

    /** What was wrong with the last response that was answered; empty if nothing. */
    String lastError() {
        return lastError;
    }

    /** By the stream's clock, nanoseconds. */
    long sentAt() {
        return sentAt;
    }
}

package dev.ambit.adapters.netty;

import io.netty.handler.codec.DecoderException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns exceptions into the one line that a report carries. */
final class ErrorText {
    private static final int LENGTH_MAX = 512;

    static String of(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null && isWrapper(cause)) {
            cause = cause.getCause();
        }
        if (cause instanceof ClosedChannelException) {
            return "connection closed by peer";
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return line(text);
    }

    /** No line breaks, whatever a peer put into its message, and no novel. */
    static String line(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX);
    }

    private static boolean isWrapper(Throwable error) {
        return error instanceof DecoderException
                || error instanceof CompletionException
                // The TLS engine says "handshake failed"; what our verification said is below.
                || (error instanceof SSLException && hasMessage(error.getCause()));
    }

    private static boolean hasMessage(@Nullable Throwable cause) {
        return cause != null && cause.getMessage() != null;
    }

    private ErrorText() {}
}

package dev.ambit.adapters.loom.stream;

import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Turns exceptions into the one line that a report carries. */
public final class ErrorText {
    private static final int LENGTH_MAX = 512;

    /** What the kernel and the JDK call the ends of connections that nobody needs to hear of. */
    private static final Set<String> ORDINARY = Set.of(
            "Connection reset", "Connection reset by peer", "Broken pipe", "Transport endpoint is not connected");

    /** What went wrong, in the words of whoever noticed first. */
    public static String of(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null
                && (cause instanceof CompletionException || cause instanceof ExecutionException)) {
            cause = cause.getCause();
        }
        if (cause instanceof ClosedChannelException) {
            return "connection closed by peer";
        }
        String message = cause.getMessage();
        return line(message == null ? cause.getClass().getSimpleName() : message);
    }

    /**
     * What to report about the end of a connection that was being carried: nothing for resets, broken pipes and the like,
     * which is how TCP connections end every day (Istio does not report them either).
     */
    public static String ofBroken(IOException error) {
        boolean ordinary = error instanceof ClosedChannelException
                || error instanceof Reset
                || ORDINARY.contains(String.valueOf(error.getMessage()));
        if (ordinary) {
            return "";
        }
        return error instanceof SocketException ? "socket failed: " + of(error) : of(error);
    }

    /** The other side ended a stream in disorder, as it may. */
    public static final class Reset extends IOException {
        private static final long serialVersionUID = 1;

        public Reset(String message) {
            super(message);
        }
    }

    /** No line breaks, whatever a peer put into its message, and no novel. */
    public static String line(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LENGTH_MAX ? line : line.substring(0, LENGTH_MAX);
    }

    private ErrorText() {}
}

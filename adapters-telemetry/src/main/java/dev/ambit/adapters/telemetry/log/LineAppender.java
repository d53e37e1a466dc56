package dev.ambit.adapters.telemetry.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * Takes what is logged through SLF4J to {@link LogOutput#standard}, for Logback's configuration. A message may have fields
 * behind a tab, {@code message TAB key=value key="value"}; they become fields of the line, as do SLF4J's own pairs.
 */
public final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int CAUSES_MAX = 5;
    private static final int FRAMES_MAX = 5;

    private final LogOutput output;

    /** Writes to standard output. Logback calls this. */
    public LineAppender() {
        this(LogOutput.standard());
    }

    LineAppender(LogOutput output) {
        this.output = output;
    }

    /** {@code json} for JSON; anything else is plain, because the configuration checks it where it can refuse it. */
    public void setFormat(String format) {
        output.use(format.equals("json") ? LogOutput.Format.JSON : LogOutput.Format.PLAIN);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String message = event.getFormattedMessage();
        int tab = message.indexOf('\t');
        LogLine line = output.line(
                event.getLevel().toString().toLowerCase(Locale.ROOT),
                Targets.of(event.getLoggerName()),
                tab < 0 ? message : message.substring(0, tab));
        if (tab >= 0) {
            FieldText.addTo(line, message.substring(tab + 1));
        }
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                if (pair.value instanceof String text) {
                    line.text(pair.key, text);
                } else {
                    line.token(pair.key, String.valueOf(pair.value));
                }
            }
        }
        if (event.getThrowableProxy() != null) {
            line.text("exception", chain(event.getThrowableProxy()));
        }
        line.end();
    }

    /** What was thrown, where, and why, on one line. */
    private static String chain(IThrowableProxy thrown) {
        var text = new StringBuilder();
        IThrowableProxy at = thrown;
        for (int i = 0; at != null && i < CAUSES_MAX; i++) {
            text.append(i == 0 ? "" : "; because ").append(at.getClassName());
            if (at.getMessage() != null) {
                text.append(": ").append(at.getMessage());
            }
            StackTraceElementProxy[] frames = at.getStackTraceElementProxyArray();
            for (int frame = 0; frame < Math.min(FRAMES_MAX, frames.length); frame++) {
                text.append(' ').append(frames[frame]);
            }
            at = at.getCause();
        }
        return text.toString();
    }
}

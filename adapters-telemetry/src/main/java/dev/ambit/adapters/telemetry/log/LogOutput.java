package dev.ambit.adapters.telemetry.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where log lines go: through a queue to a thread that writes many at once, so that who logs does not wait for a system
 * call. When the reader of the output is slower than the lines come, who logs waits (Istio's ztunnel does the same): lines
 * are neither lost nor kept without bound.
 */
public final class LogOutput {
    private static final int LINES_MAX = 10_000;
    private static final int BATCH_MAX = 64;
    private static final long EXIT_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How lines look. */
    public enum Format {
        PLAIN,
        JSON
    }

    private final OutputStream out;
    private final InstantSource clock;
    private final BlockingQueue<byte[]> lines;
    private final ThreadLocal<PlainLine> plain = ThreadLocal.withInitial(() -> new PlainLine(this));
    private final ThreadLocal<JsonLine> json = ThreadLocal.withInitial(() -> new JsonLine(this));
    private final Object written = new Object();
    private final AtomicLong accepted = new AtomicLong();
    private long done;

    private volatile Format format;
    private volatile boolean exiting;

    /** Made when first asked for, because a process that logs otherwise needs neither thread nor hook. */
    private static final class Standard {
        private static final LogOutput OUTPUT = start();

        private static LogOutput start() {
            var output =
                    new LogOutput(new FileOutputStream(FileDescriptor.out), Clock.systemUTC(), Format.PLAIN, LINES_MAX);
            Runtime.getRuntime().addShutdownHook(new Thread(output::exit, "log-exit"));
            return output;
        }
    }

    /** A test's own output. Its thread ends with the process. */
    LogOutput(OutputStream out, InstantSource clock, Format format, int linesMax) {
        this.out = out;
        this.clock = clock;
        this.format = format;
        this.lines = new ArrayBlockingQueue<>(linesMax);
        var writer = new Thread(this::writeForEver, "log");
        writer.setDaemon(true);
        writer.start();
    }

    /** The process's standard output, plain until {@link #use} says otherwise. What is logged before exit is written. */
    public static LogOutput standard() {
        return Standard.OUTPUT;
    }

    /** An output of its own, 10,000 lines deep. */
    public static LogOutput to(OutputStream out, InstantSource clock, Format format) {
        return new LogOutput(out, clock, format, LINES_MAX);
    }

    /** Changes how lines look from now on. */
    public void use(Format wanted) {
        format = wanted;
    }

    /**
     * Begins a line; nothing is written before {@link LogLine#end}. A thread has one line at a time.
     *
     * @param level lower case
     * @param target the part of the program that speaks, such as {@code access}
     */
    public LogLine line(String level, String target, String message) {
        LogLine line = switch (format) {
            case PLAIN -> plain.get();
            case JSON -> json.get();
        };
        line.begin(clock.instant(), level, target, message);
        return line;
    }

    void write(byte[] line) {
        accepted.incrementAndGet();
        boolean interrupted = false;
        while (true) {
            try {
                lines.put(line);
                break;
            } catch (InterruptedException _) {
                // A line of log is no place to give up; who interrupted finds out below.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (exiting) {
            flush();
        }
    }

    /** Waits until everything that was logged before is written, but not longer than five seconds. */
    public void flush() {
        long deadline = System.nanoTime() + EXIT_WAIT_NANOS;
        boolean interrupted = false;
        synchronized (written) {
            long target = accepted.get();
            while (done < target) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(written, left);
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** From here on every line is written before its call returns: nobody knows which one is the last. */
    private void exit() {
        exiting = true;
        flush();
    }

    private void writeForEver() {
        List<byte[]> batch = new ArrayList<>(BATCH_MAX);
        while (true) {
            try {
                batch.add(lines.take());
            } catch (InterruptedException _) {
                continue;
            }
            lines.drainTo(batch, BATCH_MAX - 1);
            try {
                out.write(joined(batch));
                out.flush();
            } catch (IOException _) {
                // Nobody reads any more. There is nowhere left to say so, and the proxy goes on.
            }
            synchronized (written) {
                done += batch.size();
                written.notifyAll();
            }
            batch.clear();
        }
    }

    private static byte[] joined(List<byte[]> batch) {
        if (batch.size() == 1) {
            return batch.getFirst();
        }
        var all = new byte[batch.stream().mapToInt(line -> line.length).sum()];
        int at = 0;
        for (byte[] line : batch) {
            System.arraycopy(line, 0, all, at, line.length);
            at += line.length;
        }
        return all;
    }
}

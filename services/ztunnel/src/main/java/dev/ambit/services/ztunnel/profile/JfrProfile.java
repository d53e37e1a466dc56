package dev.ambit.services.ztunnel.profile;

import dev.ambit.services.ztunnel.profile.PprofProfile.Frame;
import dev.ambit.services.ztunnel.profile.PprofProfile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** A recording of the JVM's own flight recorder, and what pprof is to make of it. Nothing of JFR is loaded before one is made. */
final class JfrProfile implements AutoCloseable {
    private static final String CPU = "jdk.ExecutionSample";
    private static final String CPU_TIME = "jdk.CPUTimeSample";
    private static final String ALLOCATIONS = "jdk.ObjectAllocationSample";
    private static final String LIVE = "jdk.ObjectCount";
    private static final int STACK_DEPTH_MAX = 512;

    private final Recording recording = new Recording();
    private final ProfileKind kind;
    private final Duration period;
    private final Instant begun = Instant.now();

    /** Begins to record. */
    JfrProfile(ProfileKind kind, int perSecond) {
        this.kind = kind;
        this.period = Duration.ofSeconds(1).dividedBy(perSecond);
        try {
            switch (kind) {
                case CPU -> recording.enable(CPU).withPeriod(period);
                case CPU_TIME -> recording.enable(CPU_TIME).with("throttle", period.toMillis() + "ms");
                case ALLOCATIONS -> recording.enable(ALLOCATIONS).with("throttle", perSecond + "/s");
                case HEAP -> recording.enable(LIVE).with("period", "endChunk");
            }
            recording.start();
        } catch (RuntimeException e) {
            recording.close();
            throw e;
        }
    }

    /**
     * Ends the recording and reads it.
     *
     * @throws IOException if there is no folder to write it to, or it cannot be read
     */
    byte[] finish() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("ztunnel-", ".jfr");
        try {
            recording.dump(file);
            PprofProfile profile = empty();
            try (var events = new RecordingFile(file)) {
                while (events.hasMoreEvents()) {
                    add(profile, events.readEvent());
                }
            }
            return profile.gzipped(begun, Duration.between(begun, Instant.now()));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private PprofProfile empty() {
        return switch (kind) {
            case CPU, CPU_TIME ->
                new PprofProfile(
                        List.of(new Kind("samples", "count"), new Kind("cpu", "nanoseconds")),
                        new Kind("cpu", "nanoseconds"),
                        period.toNanos());
            case ALLOCATIONS ->
                new PprofProfile(
                        List.of(new Kind("alloc_samples", "count"), new Kind("alloc_space", "bytes")),
                        new Kind("space", "bytes"),
                        0);
            case HEAP ->
                new PprofProfile(
                        List.of(new Kind("inuse_objects", "count"), new Kind("inuse_space", "bytes")),
                        new Kind("space", "bytes"),
                        0);
        };
    }

    private void add(PprofProfile profile, RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case CPU -> profile.add(stack(event), 1, period.toNanos());
            case CPU_TIME ->
                profile.add(stack(event), 1, event.getDuration("samplingPeriod").toNanos());
            case ALLOCATIONS -> profile.add(stack(event), 1, event.getLong("weight"));
            case LIVE ->
                profile.add(
                        List.of(new Frame(name(event.getClass("objectClass")), "", 0)),
                        event.getLong("count"),
                        event.getLong("totalSize"));
            default -> {
                // Of the recorder itself.
            }
        }
    }

    private static String name(RecordedClass type) {
        return type == null ? "[unknown class]" : type.getName();
    }

    private static List<Frame> stack(RecordedEvent event) {
        return event.getStackTrace() == null
                ? List.of(new Frame("[no stack]", "", 0))
                : event.getStackTrace().getFrames().stream()
                        .limit(STACK_DEPTH_MAX)
                        .map(JfrProfile::frame)
                        .toList();
    }

    private static Frame frame(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        String outer = type.contains("$") ? type.substring(0, type.indexOf('$')) : type;
        return new Frame(
                type + "." + frame.getMethod().getName(),
                outer.replace('.', '/') + ".java",
                Math.max(0, frame.getLineNumber()));
    }

    @Override
    public void close() {
        recording.close();
    }
}

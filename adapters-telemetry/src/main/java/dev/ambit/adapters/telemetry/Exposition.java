package dev.ambit.adapters.telemetry;

import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Every metric as a scraper gets it. Written when asked for, and straight to where it goes: it may be tens of megabytes. */
public final class Exposition {
    private final String contentType;
    private final Families families;

    /** Writes everything there is. */
    interface Families {
        void writeTo(ExpositionText text) throws IOException;
    }

    Exposition(String contentType, Families families) {
        this.contentType = contentType;
        this.families = families;
    }

    /** The HTTP header that goes with it. */
    public String contentType() {
        return contentType;
    }

    /** Writes the metrics as they are now, as UTF-8. Does not close the stream, and hands on what it throws. */
    public void writeTo(OutputStream out) throws IOException {
        var writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        var text = new ExpositionText(writer);
        families.writeTo(text);
        text.end();
        writer.flush();
    }

    /** The same as text. */
    public String body() {
        var bytes = new ByteArrayOutputStream();
        try {
            writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

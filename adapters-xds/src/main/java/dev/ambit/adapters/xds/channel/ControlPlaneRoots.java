package dev.ambit.adapters.xds.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The roots that the control plane's certificate is checked against. */
public sealed interface ControlPlaneRoots {
    /** Read again for every connection, so that roots can be rotated. */
    record InFile(Path file) implements ControlPlaneRoots {}

    /** Whatever this machine trusts. */
    record OfThisMachine() implements ControlPlaneRoots {}

    record Inline(String pem) implements ControlPlaneRoots {}

    /** An operator's word: {@code SYSTEM}, certificates in PEM, or else the path of a file, there already or not yet. */
    static ControlPlaneRoots of(String value) {
        if (value.equals("SYSTEM")) {
            return new OfThisMachine();
        }
        return value.contains("-----BEGIN ") ? new Inline(value) : new InFile(Path.of(value));
    }

    /**
     * The PEM as it is now; empty text for this machine's own.
     *
     * @throws IOException if a file cannot be read; the message names it
     */
    default String pem() throws IOException {
        return switch (this) {
            case OfThisMachine() -> "";
            case Inline(String pem) -> pem;
            case InFile(Path file) -> read(file);
        };
    }

    /** For messages. */
    default String describe() {
        return switch (this) {
            case OfThisMachine() -> "trust store of this machine";
            case Inline _ -> "root CA given as text";
            case InFile(Path file) -> "root CA file " + file;
        };
    }

    private static String read(Path file) throws IOException {
        int bytesMax = 4 << 20;
        try {
            if (Files.size(file) > bytesMax) {
                throw new IOException("root CA file " + file + " is larger than " + bytesMax + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IOException("root CA file " + file + " does not exist", e);
        }
    }
}

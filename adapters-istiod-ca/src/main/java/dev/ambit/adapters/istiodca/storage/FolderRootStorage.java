package dev.ambit.adapters.istiodca.storage;

import dev.ambit.adapters.istiodca.file.PrivateFile;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.RootStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A folder with one file (mode 0600) for each document, laid out like Istio's Secrets, for one process. Also reads a folder
 * that Kubernetes mounts. Files that are no documents are left alone.
 *
 * <p>Several files cannot be replaced in one step, so all that is new is written to one file first; whatever is interrupted
 * after that is finished by the next who reads.
 */
public final class FolderRootStorage implements RootStorage {
    private static final Pattern DOCUMENT =
            Pattern.compile("[a-z][a-z0-9-]{0,60}\\.(pem|properties)|tls\\.crt|tls\\.key|ca\\.crt");
    private static final String PENDING = ".pending";

    private final Path folder;

    public FolderRootStorage(Path folder) {
        this.folder = folder;
    }

    @Override
    public synchronized Optional<Stored> load() {
        try {
            finishPending();
            Map<String, String> documents = read();
            return documents.isEmpty() ? Optional.empty() : Optional.of(new Stored(documents, version(documents)));
        } catch (IOException e) {
            throw new CertificateAuthorityException("cannot read " + place() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized Optional<Stored> replace(Map<String, String> documents, Optional<String> expectedVersion) {
        for (String name : documents.keySet()) {
            if (!DOCUMENT.matcher(name).matches()) {
                throw new IllegalArgumentException("no name of a document: '" + name + "'");
            }
        }
        if (!load().map(Stored::version).equals(expectedVersion)) {
            return Optional.empty();
        }
        try {
            new PrivateFile(folder.resolve(PENDING)).write(encode(documents));
            finishPending();
            return Optional.of(new Stored(documents, version(documents)));
        } catch (IOException e) {
            throw new CertificateAuthorityException("cannot write " + place() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String place() {
        return folder.toString();
    }

    private Map<String, String> read() throws IOException {
        var documents = new TreeMap<String, String>();
        if (!Files.isDirectory(folder)) {
            return documents;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (DOCUMENT.matcher(name).matches() && !Files.isDirectory(file)) {
                    try {
                        documents.put(name, new PrivateFile(file).read());
                    } catch (IOException e) {
                        throw new IOException(file + ": " + e, e);
                    }
                }
            }
        }
        return documents;
    }

    private void finishPending() throws IOException {
        var pending = new PrivateFile(folder.resolve(PENDING));
        if (!pending.exists()) {
            return;
        }
        Map<String, String> wanted = decode(pending.read());
        Map<String, String> present = read();
        for (var document : wanted.entrySet()) {
            if (!document.getValue().equals(present.get(document.getKey()))) {
                new PrivateFile(folder.resolve(document.getKey())).write(document.getValue());
            }
        }
        for (String name : present.keySet()) {
            if (!wanted.containsKey(name)) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
        Files.delete(pending.path());
    }

    /** Each document: a line with its name and its length in characters, then its text. */
    private static String encode(Map<String, String> documents) {
        var text = new StringBuilder();
        new TreeMap<>(documents)
                .forEach((name, content) -> text.append(name)
                        .append(' ')
                        .append(content.length())
                        .append('\n')
                        .append(content));
        return text.toString();
    }

    private static Map<String, String> decode(String text) throws IOException {
        var documents = new TreeMap<String, String>();
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            String[] head = end < 0 ? new String[0] : text.substring(at, end).split(" ", -1);
            if (head.length != 2 || !DOCUMENT.matcher(head[0]).matches() || !head[1].matches("[0-9]{1,7}")) {
                throw new IOException(PENDING + " is damaged; remove it");
            }
            int from = end + 1;
            at = from + Integer.parseInt(head[1]);
            if (at > text.length()) {
                throw new IOException(PENDING + " is damaged; remove it");
            }
            documents.put(head[0], text.substring(from, at));
        }
        return documents;
    }

    private static String version(Map<String, String> documents) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(encode(documents).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}

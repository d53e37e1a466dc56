package dev.ambit.adapters.k8s.manifests;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ambit.adapters.k8s.translate.ObjectKey;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one folder as they were when last read, with the last good state of what is broken now. Only files that
 * changed are read again. For one thread.
 */
final class ManifestFolder {
    /** A file touched so recently may change again without its time changing; it is read again next time. */
    private static final Duration UNSETTLED = Duration.ofMillis(100);

    private static final Fingerprint NONE = new Fingerprint(-1, FileTime.fromMillis(0), null, false);

    private final Path folder;
    private final ManifestLimits limits;
    private final ManifestReader reader;
    private final InstantSource clock;
    private Map<String, FileState> files = new TreeMap<>();
    private Map<ObjectKey, ManifestObject.Sound> lastGood = new HashMap<>();

    ManifestFolder(Path folder, ManifestLimits limits, String rootNamespace, InstantSource clock) {
        this.folder = folder;
        this.limits = limits;
        this.reader = new ManifestReader(limits, rootNamespace);
        this.clock = clock;
    }

    /** What the folder says now. */
    record Contents(
            Map<ObjectKey, ManifestObject.Sound> objects,
            List<UnreadablePolicy> unreadable,
            List<ConfigurationProblem> problems) {}

    /** What tells that a file has changed. */
    private record Fingerprint(
            long size, FileTime modified, @Nullable Object fileKey, boolean settled) {
        boolean isSame(Fingerprint other) {
            return settled
                    && size == other.size
                    && modified.equals(other.modified)
                    && Objects.equals(fileKey, other.fileKey);
        }
    }

    /** {@code problems} are those of the file as a whole, such as its size. */
    private record FileState(
            Fingerprint fingerprint, List<ManifestObject> objects, List<ConfigurationProblem> problems) {}

    /**
     * Reads what changed.
     *
     * @throws ConfigurationException if the folder cannot be listed; what was read before stays
     */
    Contents read() {
        var problems = new ArrayList<ConfigurationProblem>();
        Map<String, FileState> now = new TreeMap<>();
        for (Path path : list(problems)) {
            String name = path.getFileName().toString();
            FileState before = files.get(name);
            try {
                now.put(name, state(path, name, before));
            } catch (NoSuchFileException _) {
                // Gone since it was listed, which is as good as before.
            } catch (IOException unreadable) {
                now.put(name, kept(before, NONE, problem(name, "cannot be read: " + unreadable)));
            }
        }
        files = now;
        return contents(problems);
    }

    private List<Path> list(List<ConfigurationProblem> problems) {
        var paths = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, ManifestFolder::isManifest)) {
            entries.forEach(paths::add);
        } catch (IOException | DirectoryIteratorException unreadable) {
            throw new ConfigurationException("cannot list the folder " + folder + ": " + unreadable, unreadable);
        }
        paths.sort(Comparator.comparing(path -> path.getFileName().toString()));
        if (paths.size() > limits.filesMax()) {
            problems.add(problem(
                    folder.toString(),
                    paths.size() + " files: only the first " + limits.filesMax() + " by name are read"));
            return paths.subList(0, limits.filesMax());
        }
        return paths;
    }

    /** Editors' own files, hidden or with other endings, are none. */
    private static boolean isManifest(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".") && Stream.of(".yaml", ".yml", ".json").anyMatch(name::endsWith);
    }

    private FileState state(Path path, String name, @Nullable FileState before) throws IOException {
        Path real = path.toRealPath();
        if (!real.startsWith(folder.toRealPath())) {
            return kept(null, NONE, problem(name, "leads out of the folder: links may only point inside"));
        }
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        boolean settled = clock.instant()
                .isAfter(attributes.lastModifiedTime().toInstant().plus(UNSETTLED));
        var fingerprint =
                new Fingerprint(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey(), settled);
        if (before != null && before.fingerprint().isSame(fingerprint)) {
            return before;
        }
        if (!attributes.isRegularFile()) {
            return kept(null, fingerprint, problem(name, "is not a file"));
        }
        return parse(real, name, before, fingerprint);
    }

    private FileState parse(Path real, String name, @Nullable FileState before, Fingerprint fingerprint)
            throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(real)) {
            bytes = in.readNBytes(limits.fileBytesMax() + 1);
        }
        if (bytes.length > limits.fileBytesMax()) {
            return kept(
                    before, fingerprint, problem(name, "larger than " + limits.fileBytesMax() + " bytes: split it"));
        }
        boolean hadObjects =
                before != null && before.objects().stream().anyMatch(ManifestObject.Sound.class::isInstance);
        if (bytes.length == 0 && hadObjects) {
            return kept(
                    before,
                    fingerprint,
                    problem(name, "is empty: what it said before stays; delete the file to take that back"));
        }
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            return kept(before, fingerprint, problem(name, "is not UTF-8 text"));
        }
        List<ManifestObject> objects = reader.read(name, text);
        List<ConfigurationProblem> broken = objects.stream()
                .filter(ManifestObject.Broken.class::isInstance)
                .flatMap(object -> object.problems().stream())
                .toList();
        return !broken.isEmpty() && hadObjects
                ? new FileState(fingerprint, sound(before), broken)
                : new FileState(fingerprint, objects, List.of());
    }

    /** A file as it was, with what is wrong with it now. */
    private static FileState kept(@Nullable FileState before, Fingerprint fingerprint, ConfigurationProblem problem) {
        return new FileState(fingerprint, sound(before), List.of(problem));
    }

    /** What stays of a file that is broken now. Its old problems are not those of its text now. */
    private static List<ManifestObject> sound(@Nullable FileState before) {
        return before == null
                ? List.of()
                : before.objects().stream().map(ManifestObject::silenced).toList();
    }

    private Contents contents(List<ConfigurationProblem> problems) {
        Map<ObjectKey, ManifestObject.Sound> objects = new LinkedHashMap<>();
        var unreadable = new ArrayList<UnreadablePolicy>();
        files.forEach((name, state) -> {
            problems.addAll(state.problems());
            for (ManifestObject object : state.objects()) {
                problems.addAll(object.problems());
                switch (object) {
                    case ManifestObject.Sound sound -> add(sound, objects, problems);
                    case ManifestObject.Rejected rejected -> reject(rejected, objects, unreadable);
                    case ManifestObject.Broken(UnreadablePolicy closed, var _)
                    when closed != null -> unreadable.add(closed);
                    case ManifestObject.Broken _, ManifestObject.Ignored _ -> {}
                }
            }
        });
        lastGood = objects;
        // No Map.copyOf: it probes neighbouring slots, and keys of numbered names have neighbouring hashes.
        return new Contents(
                Collections.unmodifiableMap(objects),
                List.copyOf(unreadable),
                problems.stream().distinct().toList());
    }

    private void reject(
            ManifestObject.Rejected rejected,
            Map<ObjectKey, ManifestObject.Sound> objects,
            List<UnreadablePolicy> unreadable) {
        ManifestObject.Sound good = lastGood.get(rejected.key());
        if (good != null) {
            objects.putIfAbsent(rejected.key(), good);
        } else if (rejected.closed() != null && !objects.containsKey(rejected.key())) {
            unreadable.add(rejected.closed());
        }
    }

    private static void add(
            ManifestObject.Sound sound,
            Map<ObjectKey, ManifestObject.Sound> objects,
            List<ConfigurationProblem> problems) {
        ManifestObject.Sound first = objects.putIfAbsent(sound.key(), sound);
        if (first != null) {
            problems.add(ManifestReader.problem(
                    sound.file(),
                    sound.source().line(),
                    sound.key().toString(),
                    "is already in " + first.file() + ":" + first.source().line() + ", which counts"));
        }
    }

    private static ConfigurationProblem problem(String where, String why) {
        return new ConfigurationProblem(where, "", why);
    }
}

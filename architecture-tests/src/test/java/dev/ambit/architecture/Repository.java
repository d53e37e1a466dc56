package dev.ambit.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The working copy that these tests run in. */
record Repository(Path root) {

    /** Folders that hold what tools wrote, at any depth. */
    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".ambit", ".idea", ".vscode", "node_modules");

    private static final Pattern MODULE = Pattern.compile("<module>\\s*([^<\\s]+)\\s*</module>");

    /** Surefire starts tests in their module's folder. */
    static Repository here() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new AssertionError("no repository (a folder with mvnw) above "
                        + Path.of("").toAbsolutePath());
            }
        }
        return new Repository(folder);
    }

    /** Module folders in the order of the root pom. */
    List<String> modules() {
        return MODULE.matcher(read("pom.xml"))
                .results()
                .map((MatchResult module) -> module.group(1))
                .toList();
    }

    /** Modules whose classes the rules check. */
    List<String> modulesWithCode() {
        return modules().stream()
                .filter(module -> isLayer(module) || Files.isDirectory(root.resolve(module, "src/main/java")))
                .toList();
    }

    /** Ports, where the contract suites are, and the adapters that have to run them. */
    List<String> modulesWithContracts() {
        return modules().stream()
                .filter(module -> module.equals("ports") || module.startsWith("adapters-"))
                .toList();
    }

    private static boolean isLayer(String module) {
        return module.equals("domain")
                || module.equals("ports")
                || module.startsWith("adapters-")
                || module.startsWith("services/");
    }

    /**
     * Where a module's compiled classes are.
     *
     * @throws AssertionError if the module is not built
     */
    Path classFolder(String module, String kind) {
        Path folder = root.resolve(module, "target", kind);
        if (!Files.isDirectory(folder)) {
            throw new AssertionError("module " + module + " has no target/" + kind
                    + ": build everything first (./mvnw test in the root folder), and write what is missing");
        }
        return folder;
    }

    /** Source files of all modules, relative to their source root: {@code dev/ambit/domain/…/X.java}. */
    Set<String> mainSources() {
        return modules().stream()
                .flatMap(module -> sourcesBelow(module).stream())
                .collect(Collectors.toSet());
    }

    /** Packages with sources in a module's main code. */
    Set<String> packages(String module) {
        return sourcesBelow(module).stream()
                .filter(file -> file.contains("/"))
                .map(file -> file.substring(0, file.lastIndexOf('/')).replace('/', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<String> sourcesBelow(String module) {
        Path sources = root.resolve(module, "src/main/java");
        if (!Files.isDirectory(sources)) {
            return List.of();
        }
        return walk(sources).stream()
                .filter(file -> file.toString().endsWith(".java"))
                .map(file -> sources.relativize(file).toString())
                .toList();
    }

    /** Every file that people wrote, relative to the root, in order of name. */
    List<String> files() {
        return walk(root).stream()
                .map(file -> root.relativize(file).toString())
                .sorted()
                .toList();
    }

    List<String> filesBelow(String folder) {
        return files().stream()
                .filter(file -> file.startsWith(folder + "/"))
                .map(file -> file.substring(folder.length() + 1))
                .toList();
    }

    boolean has(String file) {
        return Files.exists(root.resolve(file));
    }

    /** Text of a file; bytes that are not UTF-8 show as U+FFFD. */
    String read(String file) {
        try {
            return new String(Files.readAllBytes(root.resolve(file)), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> walk(Path folder) {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(String.valueOf(visited.getFileName()))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}

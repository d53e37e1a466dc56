package dev.ambit.architecture;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What documents must say to be believed. Everything here reads text and answers with problems. */
final class Documents {
    static final int README_LINES_MAX = 150;

    private static final Pattern DECISION_FILE = Pattern.compile("(\\d{4})-[a-z0-9]+(-[a-z0-9]+)*\\.md");
    private static final Pattern STATUS =
            Pattern.compile("(?m)^Status: (proposed|accepted|rejected|superseded by \\d{4})$");
    private static final Pattern UNRELEASED = Pattern.compile("(?m)^## \\[?Unreleased]?$");
    private static final Pattern MAP = Pattern.compile("```map\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#:]+)(?:#[^)\\s]*)?\\)");

    /** Decision records are numbered from 0001 without gaps or doubles. */
    static List<String> decisionNumbers(List<String> files) {
        var problems = new ArrayList<String>();
        int expected = 1;
        for (String file : files.stream().sorted().toList()) {
            var name = DECISION_FILE.matcher(file);
            if (!name.matches()) {
                problems.add(file + ": is not named NNNN-title.md");
            } else {
                if (Integer.parseInt(name.group(1)) != expected) {
                    problems.add(file + String.format(Locale.ROOT, ": the next number is %04d", expected));
                }
                expected++;
            }
        }
        return problems;
    }

    /** One decision record: its number in the heading, a status, and the three sections. */
    static List<String> decision(String file, String text) {
        var problems = new ArrayList<String>();
        String number = file.substring(0, Math.min(4, file.length()));
        if (!text.startsWith("# " + number + ". ")) {
            problems.add(file + ": the first line is not '# " + number + ". <title>'");
        }
        if (!STATUS.matcher(text).find()) {
            problems.add(file + ": has no line 'Status: proposed|accepted|rejected|superseded by NNNN'");
        }
        for (String section : List.of("## Context", "## Decision", "## Consequences")) {
            if (text.lines().noneMatch(section::equals)) {
                problems.add(file + ": has no section '" + section + "'");
            }
        }
        return problems;
    }

    static List<String> changelog(String text) {
        return UNRELEASED.matcher(text).find() ? List.of() : List.of("CHANGELOG.md: has no heading '## [Unreleased]'");
    }

    static List<String> readme(String text) {
        long lines = text.lines().count();
        return lines > README_LINES_MAX
                ? List.of("README.md: " + lines + " lines, at most " + README_LINES_MAX)
                : List.of();
    }

    /**
     * Compares the block {@code ```map} of ARCHITECTURE.md with the packages there are. A line of the map names a module
     * and its packages below {@code dev.ambit}; an indented line goes on with the module above.
     */
    static List<String> map(String text, Map<String, Set<String>> packagesByModule) {
        var map = MAP.matcher(text);
        if (!map.find()) {
            return List.of("ARCHITECTURE.md: has no block ```map");
        }
        Map<String, Set<String>> mapped = readMap(map.group(1));
        var problems = new ArrayList<String>();
        var modules = new TreeSet<>(mapped.keySet());
        modules.addAll(packagesByModule.keySet());
        for (String module : modules) {
            Set<String> there = packagesByModule.getOrDefault(module, Set.of());
            Set<String> told = mapped.getOrDefault(module, Set.of());
            minus(there, told).forEach(name -> problems.add("ARCHITECTURE.md: the map lacks " + module + " " + name));
            minus(told, there)
                    .forEach(name -> problems.add(
                            "ARCHITECTURE.md: the map has " + module + " " + name + ", which does not exist"));
        }
        return problems;
    }

    private static Map<String, Set<String>> readMap(String block) {
        var mapped = new TreeMap<String, Set<String>>();
        String module = "";
        for (String line : block.lines().filter(Predicate.not(String::isBlank)).toList()) {
            List<String> words = List.of(line.strip().split("\\s+"));
            boolean continued = Character.isWhitespace(line.charAt(0));
            module = continued ? module : words.getFirst();
            Set<String> packages = mapped.computeIfAbsent(module, _ -> new TreeSet<>());
            words.stream()
                    .skip(continued ? 0 : 1)
                    .map(name -> "dev.ambit." + name)
                    .forEach(packages::add);
        }
        return mapped;
    }

    private static Set<String> minus(Set<String> from, Set<String> without) {
        var rest = new TreeSet<>(from);
        rest.removeAll(without);
        return rest;
    }

    static List<String> unnamedModules(String architecture, List<String> modules) {
        return modules.stream()
                .filter(module -> !architecture.contains(module))
                .map(module -> "ARCHITECTURE.md: does not name the module " + module)
                .toList();
    }

    static List<String> undescribedAdapters(List<String> modules, List<String> pages) {
        var described = new HashSet<>(pages);
        return modules.stream()
                .filter(module -> module.startsWith("adapters-"))
                .filter(module -> !described.contains(module + ".md"))
                .map(module -> "docs/adapters/" + module + ".md: is missing")
                .toList();
    }

    /** Relative links that lead nowhere. */
    static List<String> brokenLinks(String file, String text, Predicate<String> exists) {
        String folder = file.contains("/") ? file.substring(0, file.lastIndexOf('/') + 1) : "";
        return LINK.matcher(text)
                .results()
                .map((MatchResult link) -> link.group(1))
                .filter(target -> !exists.test(folder + target))
                .map(target -> file + ": the link to " + target + " leads nowhere")
                .toList();
    }

    private Documents() {}
}

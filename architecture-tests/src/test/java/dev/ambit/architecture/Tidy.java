package dev.ambit.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Limits a compiler does not check. A limit that hurts is raised here, in review, never worked around. */
final class Tidy {
    static final int FILE_LINES_MAX = 400;
    static final int METHOD_LINES_MAX = 60;

    private static final Set<String> TEXT = Set.of(
            "java", "proto", "xml", "md", "yaml", "yml", "sh", "py", "properties", "json", "toml", "nft", "config");
    private static final Set<String> CODE = Set.of("java", "proto", "xml", "yaml", "yml", "sh", "py", "nft");

    /** Written in two halves, or this file would find itself. */
    private static final Pattern REMINDER = Pattern.compile("\\b(FIX" + "ME|TO" + "DO|XX" + "X)\\b");

    private static final Pattern SWITCHED_OFF = Pattern.compile("(?m)^\\s*@(Dis" + "abled|Ig" + "nore)\\b");
    private static final Pattern CONCATENATED = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\n]|\\\\.)*\"");

    /** A key of a log line whose value is filled in. */
    private static final Pattern LOG_KEY = Pattern.compile("(\\\\t| )[A-Za-z][A-Za-z_.]*=(?:\\\\\")?\\{}");

    /** What tells in words, so that it has spaces. */
    private static final Pattern BARE_WORDS = Pattern.compile("(?:\\\\t| )(?:why|error|problems|violation|cause)=\\{}");

    private static final Pattern TRAILING_SPACE = Pattern.compile("[ \\t]+$");

    /** A script without an extension is code. */
    static boolean isCode(String file) {
        return CODE.contains(extension(file)) || file.equals("ambit") || file.equals(".ci/run");
    }

    static boolean isText(String file) {
        return TEXT.contains(extension(file)) || isCode(file);
    }

    private static String extension(String file) {
        return file.substring(Math.max(file.lastIndexOf('.'), file.lastIndexOf('/')) + 1);
    }

    static List<String> tooLong(String file, String text) {
        long lines = text.lines().count();
        return lines > FILE_LINES_MAX ? List.of(file + ": " + lines + " lines, at most " + FILE_LINES_MAX) : List.of();
    }

    static List<String> reminders(String file, String text) {
        return matchingLines(file, text, REMINDER, "a reminder belongs into an issue");
    }

    static List<String> switchedOffTests(String file, String text) {
        return matchingLines(file, text, SWITCHED_OFF, "a test that does not run is worse than none");
    }

    /** The formatter takes what is behind the first tab for keys, and an unquoted value ends at a space. */
    static List<String> logLines(String file, String text) {
        var problems = new ArrayList<String>();
        Matcher literals = LITERAL.matcher(CONCATENATED.matcher(text).replaceAll(""));
        while (literals.find()) {
            String literal = literals.group();
            Matcher key = LOG_KEY.matcher(literal);
            if (key.find() && !literal.substring(0, key.end()).contains("\\t")) {
                problems.add(file + ": a tab parts the message of a log line from its keys: " + literal);
            }
            if (BARE_WORDS.matcher(literal).find()) {
                problems.add(file + ": a value made of words is quoted in a log line: " + literal);
            }
        }
        return problems;
    }

    static List<String> whitespace(String file, String text) {
        var problems = new ArrayList<>(matchingLines(file, text, TRAILING_SPACE, "trailing whitespace"));
        if (text.contains("\r")) {
            problems.add(file + ": has carriage returns, lines end with LF");
        }
        if (!text.isEmpty() && !text.endsWith("\n")) {
            problems.add(file + ": the last line has no end");
        }
        return problems;
    }

    private static List<String> matchingLines(String file, String text, Pattern pattern, String why) {
        String[] lines = text.split("\n", -1);
        var problems = new ArrayList<String>();
        for (int i = 0; i < lines.length; i++) {
            if (pattern.matcher(lines[i]).find()) {
                problems.add(file + ":" + (i + 1) + ": " + why + ": " + lines[i].strip());
            }
        }
        return problems;
    }

    /** Methods whose bodies do not fit on one screen, by the compiler's own parser. */
    static List<String> longMethods(Map<String, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Source> units = sources.entrySet().stream()
                .map(source -> new Source(source.getKey(), source.getValue()))
                .toList();
        var task = (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, units);
        var problems = new ArrayList<String>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                scan(unit, Trees.instance(task).getSourcePositions(), problems);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return problems;
    }

    private static void scan(CompilationUnitTree unit, SourcePositions positions, List<String> problems) {
        LineMap lines = unit.getLineMap();
        new TreeScanner<Boolean, Boolean>() {
            @Override
            public Boolean visitMethod(MethodTree method, Boolean unused) {
                if (method.getBody() != null) {
                    long first = lines.getLineNumber(positions.getStartPosition(unit, method.getBody()));
                    long last = lines.getLineNumber(positions.getEndPosition(unit, method.getBody()));
                    long length = last - first + 1;
                    if (length > METHOD_LINES_MAX) {
                        problems.add(unit.getSourceFile().getName() + ":" + first + ": method " + method.getName()
                                + " has " + length + " lines, at most " + METHOD_LINES_MAX);
                    }
                }
                return super.visitMethod(method, unused);
            }
        }.scan(unit, true);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("string:///" + file), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private Tidy() {}
}

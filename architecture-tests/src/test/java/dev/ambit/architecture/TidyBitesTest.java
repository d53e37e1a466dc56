package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each check of {@link Tidy} and {@link Poms} on the smallest thing it must find, and the nearest it must not. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TidyBitesTest {

    @Test
    void findsLongFiles() {
        assertThat(Tidy.tooLong("A.java", "x\n".repeat(Tidy.FILE_LINES_MAX))).isEmpty();
        assertThat(Tidy.tooLong("A.java", "x\n".repeat(Tidy.FILE_LINES_MAX + 1)))
                .hasSize(1);
    }

    @Test
    void findsLongMethods() {
        assertThat(Tidy.longMethods(Map.of("A.java", classWithMethodOf(Tidy.METHOD_LINES_MAX))))
                .isEmpty();
        assertThat(Tidy.longMethods(Map.of("a/A.java", classWithMethodOf(Tidy.METHOD_LINES_MAX + 1))))
                .singleElement()
                .asString()
                .contains("a/A.java:2: method run has 61 lines");
    }

    /** The braces stand on the first and the last line. */
    private static String classWithMethodOf(int lines) {
        return "class A {\n  void run() {\n" + "    ;\n".repeat(lines - 2) + "  }\n}\n";
    }

    @Test
    void findsReminders() {
        assertThat(Tidy.reminders("A.java", "// FIX" + "ME later")).hasSize(1);
        assertThat(Tidy.reminders("A.java", "x\n// TO" + "DO: later"))
                .containsExactly("A.java:2: a reminder belongs into an issue: // TO" + "DO: later");
        assertThat(Tidy.reminders("A.java", "// XX" + "X")).hasSize(1);
        assertThat(Tidy.reminders("A.java", "// todo-lists are fine")).isEmpty();
    }

    @Test
    void findsTestsThatAreSwitchedOff() {
        assertThat(Tidy.switchedOffTests("A.java", "    @Dis" + "abled(\"flaky\")"))
                .hasSize(1);
        assertThat(Tidy.switchedOffTests("A.java", "@Ig" + "nore")).hasSize(1);
        assertThat(Tidy.switchedOffTests("A.java", "@DisabledReason")).isEmpty();
    }

    @Test
    void findsLogLinesOfAnotherForm() {
        assertThat(Tidy.logLines("A.java", "LOG.info(\"pod served\\tpod={} cause=\\\"{}\\\"\", a, b);"))
                .isEmpty();
        assertThat(Tidy.logLines("A.java", "LOG.info(\"pod served: {}\", \"a=b c=d\");"))
                .isEmpty();
        assertThat(Tidy.logLines("A.java", "LOG.info(\"pod served pod={}\", a);"))
                .singleElement()
                .asString()
                .contains("A.java: a tab parts");
        assertThat(Tidy.logLines("A.java", "LOG.info(\"pod\"\n    + \" served pod=\\\"{}\\\"\", a);"))
                .hasSize(1);
        assertThat(Tidy.logLines("A.java", "LOG.info(\"pod served\\tpod={} why={}\", a, b);"))
                .singleElement()
                .asString()
                .contains("is quoted");
    }

    @Test
    void findsUncleanWhitespace() {
        assertThat(Tidy.whitespace("a.md", "one\ntwo\n")).isEmpty();
        assertThat(Tidy.whitespace("a.md", "")).isEmpty();
        assertThat(Tidy.whitespace("a.md", "one \ntwo\n")).hasSize(1);
        assertThat(Tidy.whitespace("a.md", "one\t\n")).hasSize(1);
        assertThat(Tidy.whitespace("a.md", "one")).hasSize(1);
        assertThat(Tidy.whitespace("a.md", "one\r\n")).isNotEmpty();
    }

    @Test
    void knowsWhatIsCodeAndText() {
        assertThat(Tidy.isCode("domain/src/A.java")).isTrue();
        assertThat(Tidy.isCode("ambit")).isTrue();
        assertThat(Tidy.isCode("README.md")).isFalse();
        assertThat(Tidy.isText("README.md")).isTrue();
        assertThat(Tidy.isText("mvnw.cmd")).isFalse();
    }

    @Test
    void findsVersionLiterals() {
        String literal = "<dependency><artifactId>x</artifactId><version>1.2</version></dependency>";
        String property = "<dependency><artifactId>x</artifactId><version>${x.version}</version></dependency>";
        String managed = "<dependency><artifactId>x</artifactId></dependency><version>1.2</version>";

        assertThat(Poms.versionLiterals("a/pom.xml", literal))
                .singleElement()
                .asString()
                .contains("x has the version 1.2");
        assertThat(Poms.versionLiterals("a/pom.xml", property)).isEmpty();
        assertThat(Poms.versionLiterals("a/pom.xml", managed)).isEmpty();
        assertThat(Poms.versionLiterals("a/pom.xml", "<plugin>" + literal + "</plugin>"))
                .isEmpty();
        assertThat(Poms.versionLiterals("a/pom.xml", "<!-- " + literal + " -->"))
                .isEmpty();
    }
}

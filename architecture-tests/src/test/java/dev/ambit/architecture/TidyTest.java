package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every file of the repository, tests included. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TidyTest {
    private final Repository repository = Repository.here();

    @Test
    void filesFitInOneSitting() {
        assertThat(problems(TidyTest::isJava, Tidy::tooLong)).isEmpty();
    }

    @Test
    void methodsFitOnOneScreen() {
        var sources = repository.files().stream()
                .filter(TidyTest::isJava)
                .collect(Collectors.toMap(Function.identity(), repository::read));

        assertThat(sources).isNotEmpty();
        assertThat(Tidy.longMethods(sources)).isEmpty();
    }

    @Test
    void noRemindersInCode() {
        assertThat(problems(Tidy::isCode, Tidy::reminders)).isEmpty();
    }

    @Test
    void everyTestRuns() {
        assertThat(problems(TidyTest::isJava, Tidy::switchedOffTests)).isEmpty();
    }

    @Test
    void logLinesHaveOneForm() {
        assertThat(problems(file -> isJava(file) && file.contains("/src/main/"), Tidy::logLines))
                .isEmpty();
    }

    @Test
    void whitespaceIsClean() {
        assertThat(problems(Tidy::isText, Tidy::whitespace)).isEmpty();
    }

    @Test
    void versionsAreInTheRootPomOnly() {
        assertThat(problems(file -> file.equals("pom.xml") || file.endsWith("/pom.xml"), Poms::versionLiterals))
                .isEmpty();
    }

    private List<String> problems(Predicate<String> files, BiFunction<String, String, List<String>> check) {
        List<String> checked = repository.files().stream().filter(files).toList();
        assertThat(checked).as("files to check").isNotEmpty();
        return checked.stream()
                .flatMap(file -> check.apply(file, repository.read(file)).stream())
                .toList();
    }

    private static boolean isJava(String file) {
        return file.endsWith(".java");
    }
}

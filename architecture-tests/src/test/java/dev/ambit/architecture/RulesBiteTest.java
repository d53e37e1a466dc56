package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A rule that never fires protects nothing, and one that always fires says nothing. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RulesBiteTest {

    static List<Rule> rules() {
        return Rule.all();
    }

    /** Each class of the fixture whose name begins with {@code Bad} breaks the rule in a way of its own. */
    @ParameterizedTest
    @MethodSource("rules")
    void reportsEveryBadClassOfItsFixture(Rule rule) {
        Code fixture = Code.ofBrokenFixture(rule);
        List<String> bad = namesBeginning("Bad", fixture);
        assertThat(bad).as("bad classes in the package %s", fixture.root()).isNotEmpty();

        List<String> violations = violations(rule, fixture);

        assertThat(bad).allSatisfy(name -> assertThat(violations).anyMatch(line -> line.contains(name)));
    }

    /** Classes whose name begins with {@code Fine} come close to breaking the rule and do not. */
    @ParameterizedTest
    @MethodSource("rules")
    void reportsNoFineClassOfItsFixture(Rule rule) {
        Code fixture = Code.ofBrokenFixture(rule);

        List<String> violations = violations(rule, fixture);

        assertThat(namesBeginning("Fine", fixture))
                .allSatisfy(name -> assertThat(violations).noneMatch(line -> line.contains(name)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void acceptsTheSoundFixture(Rule rule) {
        Code sound = Code.ofSoundFixture();

        rule.on().apply(sound).check(sound.main());
    }

    private static List<String> violations(Rule rule, Code fixture) {
        return rule.on()
                .apply(fixture)
                .evaluate(fixture.main())
                .getFailureReport()
                .getDetails();
    }

    private static List<String> namesBeginning(String prefix, Code fixture) {
        return fixture.main().stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> type.getSimpleName().startsWith(prefix))
                .map(JavaClass::getName)
                .toList();
    }
}

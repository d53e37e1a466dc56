package dev.ambit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What code may call and declare. */
final class CodingRules {
    static final List<Rule> ALL = List.of(
            new Rule("domainHasNoClockOrChance", CodingRules::domainHasNoClockOrChance),
            new Rule("noSleep", CodingRules::noSleep),
            new Rule("noFieldInjection", _ -> GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION),
            new Rule("noJavaUtilLogging", _ -> GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING),
            new Rule("consoleOnlyInTheCli", CodingRules::consoleOnlyInTheCli),
            new Rule("noGenericThrows", CodingRules::noGenericThrows));

    private static final Set<String> TOO_GENERAL = Set.of(Exception.class.getName(), Throwable.class.getName());

    private static ArchRule domainHasNoClockOrChance(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("domain"))
                .should(notReach("the clock or chance", CodingRules::isClockOrChance))
                .because("time and randomness come in as arguments, so that a decision can be repeated");
    }

    private static ArchRule noSleep(Code code) {
        return classes()
                .that()
                .resideInAnyPackage(code.layers("domain", "ports", "adapters"))
                .should(notReach(
                        "sleep",
                        target -> target.getName().equals("sleep")
                                && (isOwnedBy(target, Thread.class) || isOwnedBy(target, TimeUnit.class))))
                .because("wait for what is awaited; a pause is either too long or too short");
    }

    private static ArchRule consoleOnlyInTheCli(Code code) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(code.layer("services.cli"))
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .because("what a server says goes through its log");
    }

    private static ArchRule noGenericThrows(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.root() + "..")
                .should(new ArchCondition<>("not publish methods that declare Exception or Throwable") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getCodeUnits().stream()
                                .filter(CodingRules::isPublished)
                                .filter(CodingRules::throwsTooMuch)
                                .map(unit -> unit.getFullName() + " declares a throwable that says nothing")
                                .forEach(message -> events.add(SimpleConditionEvent.violated(type, message)));
                    }
                })
                .because("whoever calls it can do nothing about an Exception but pass it on");
    }

    /** Inside a class it may be unavoidable: a method handle throws Throwable. A bridge is the compiler's. */
    private static boolean isPublished(JavaCodeUnit unit) {
        return !unit.getModifiers().contains(JavaModifier.BRIDGE)
                && unit.getOwner().getModifiers().contains(JavaModifier.PUBLIC)
                && (unit.getModifiers().contains(JavaModifier.PUBLIC)
                        || unit.getModifiers().contains(JavaModifier.PROTECTED));
    }

    private static boolean throwsTooMuch(JavaCodeUnit unit) {
        return unit.getExceptionTypes().stream().anyMatch(type -> TOO_GENERAL.contains(type.getName()));
    }

    private static boolean isClockOrChance(CodeUnitAccessTarget target) {
        return isClock(target) || isChance(target);
    }

    private static boolean isClock(CodeUnitAccessTarget target) {
        String name = target.getName();
        if (target.getOwner().getPackageName().equals("java.time")) {
            return name.equals("now") || name.startsWith("system") || name.startsWith("tick");
        }
        return isOwnedBy(target, System.class) && (name.equals("currentTimeMillis") || name.equals("nanoTime"));
    }

    private static boolean isChance(CodeUnitAccessTarget target) {
        if (isOwnedBy(target, RandomGenerator.class)) {
            return target.getName().equals("of") || target.getName().equals("getDefault");
        }
        return target.getOwner().isAssignableTo(Random.class)
                || (isOwnedBy(target, Math.class) && target.getName().equals("random"))
                || (isOwnedBy(target, UUID.class) && target.getName().equals("randomUUID"));
    }

    private static boolean isOwnedBy(CodeUnitAccessTarget target, Class<?> owner) {
        return target.getOwner().isEquivalentTo(owner);
    }

    /** Calls and references alike: {@code Instant::now} is no better than {@code Instant.now()}. */
    private static ArchCondition<JavaClass> notReach(String what, Predicate<CodeUnitAccessTarget> target) {
        return new ArchCondition<>("not reach for " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getCodeUnitAccessesFromSelf().stream()
                        .filter(access -> target.test(access.getTarget()))
                        .forEach(access -> events.add(SimpleConditionEvent.violated(type, access.getDescription())));
            }
        };
    }

    private CodingRules() {}
}

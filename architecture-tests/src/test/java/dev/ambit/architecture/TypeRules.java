package dev.ambit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** What types may look like, layer by layer. */
final class TypeRules {
    static final List<Rule> ALL = List.of(
            new Rule("domainTypesAreData", TypeRules::domainTypesAreData),
            new Rule("portsAreInterfacesOrData", TypeRules::portsAreInterfacesOrData),
            new Rule("everyPackageIsNullMarked", TypeRules::everyPackageIsNullMarked),
            new Rule("namesSayWhatThingsAre", TypeRules::namesSayWhatThingsAre),
            new Rule("portsAreImplementedByPublicDoors", TypeRules::portsAreImplementedByPublicDoors));

    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Utils?|Helpers?|Managers?|Impl)");
    private static final Pattern MARKED_INTERFACE = Pattern.compile("I[A-Z].*");

    private static ArchRule domainTypesAreData(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("domain"))
                .and()
                // What one HTTP/2 connection has come to (RFC 9113), for both transports: counters, not decisions.
                .resideOutsideOfPackage(code.layer("domain.http2"))
                .should(satisfy("be data, a sealed choice or a function", TypeRules::isData))
                .because(
                        "state that changes, and subclasses nobody knows of, make a decision depend on more than its input");
    }

    private static ArchRule portsAreInterfacesOrData(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("ports"))
                .should(satisfy(
                        "be an interface, data or a final exception",
                        type -> type.isInterface() || isFinalException(type) || isData(type)))
                .because("behaviour belongs to the domain or to an adapter");
    }

    private static ArchRule everyPackageIsNullMarked(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.root() + "..")
                .should(satisfy(
                        "live in a @NullMarked package",
                        type -> type.getPackage().isAnnotatedWith(NullMarked.class)))
                .because("what is not marked is not checked for null");
    }

    private static ArchRule namesSayWhatThingsAre(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.root() + "..")
                .should(satisfy("have a name of the field", TypeRules::isNamed))
                .because("a name such as Util or Manager says where code was put, not what it is");
    }

    private static ArchRule portsAreImplementedByPublicDoors(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("adapters"))
                .should(satisfy(
                        "be public, final and named after a port they implement",
                        type -> Ports.implementedBy(type, code).isEmpty() || isDoor(type, code)))
                .because("services find an adapter by its port's name, and nobody extends it");
    }

    private static boolean isDoor(JavaClass type, Code code) {
        boolean named = Ports.implementedBy(type, code).stream()
                .anyMatch(port -> type.getSimpleName().endsWith(lastWord(port.getSimpleName()))
                        && !type.getSimpleName().equals(port.getSimpleName()));
        return named && type.getModifiers().contains(JavaModifier.PUBLIC) && isFinal(type);
    }

    /** {@code FlowTelemetry} → {@code Telemetry}: an adapter of several ports cannot carry all their names. */
    private static String lastWord(String name) {
        int start = name.length() - 1;
        while (start > 0 && !Character.isUpperCase(name.charAt(start))) {
            start--;
        }
        return name.substring(start);
    }

    private static boolean isNamed(JavaClass type) {
        String name = type.getSimpleName();
        return !EMPTY_NAME.matcher(name).matches()
                && !(type.isInterface() && MARKED_INTERFACE.matcher(name).matches());
    }

    private static boolean isData(JavaClass type) {
        if (type.isAnonymousClass() || type.isLocalClass() || Code.isPackageInfo(type) || isNestedBuilder(type)) {
            return true;
        }
        if (type.isInterface()) {
            return type.isAnnotation() || type.reflect().isSealed() || isFunction(type);
        }
        return type.isRecord() || type.isEnum() || (isFinal(type) && (hasOnlyFinalFields(type) || isInternal(type)));
    }

    /** Within its package a decision may gather its answer in an object that nobody else ever sees. */
    private static boolean isInternal(JavaClass type) {
        return !type.getModifiers().contains(JavaModifier.PUBLIC);
    }

    private static boolean isNestedBuilder(JavaClass type) {
        return type.isNestedClass() && type.getSimpleName().endsWith("Builder");
    }

    private static boolean isFunction(JavaClass type) {
        return type.getAllMethods().stream()
                        .filter(method -> method.getOwner().isInterface())
                        .filter(method -> method.getModifiers().contains(JavaModifier.ABSTRACT))
                        .count()
                == 1;
    }

    private static boolean isFinalException(JavaClass type) {
        return type.isAssignableTo(Throwable.class) && isFinal(type);
    }

    private static boolean isFinal(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.FINAL);
    }

    private static boolean hasOnlyFinalFields(JavaClass type) {
        return type.getFields().stream().allMatch(field -> field.getModifiers().contains(JavaModifier.FINAL));
    }

    private static ArchCondition<JavaClass> satisfy(String description, Predicate<JavaClass> condition) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String message = type.getName() + " should " + description + " in " + type.getSourceCodeLocation();
                events.add(new SimpleConditionEvent(type, condition.test(type), message));
            }
        };
    }

    private TypeRules() {}
}

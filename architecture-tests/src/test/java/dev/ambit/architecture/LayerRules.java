package dev.ambit.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** domain ← ports ← adapters ← services, and nothing sideways. */
final class LayerRules {
    static final List<Rule> ALL = List.of(
            new Rule("domainStandsAlone", LayerRules::domainStandsAlone),
            new Rule("portsSeeOnlyTheDomain", LayerRules::portsSeeOnlyTheDomain),
            new Rule("adaptersAreStrangers", LayerRules::adaptersAreStrangers),
            new Rule("nothingDependsOnServices", LayerRules::nothingDependsOnServices),
            new Rule("servicesAreStrangers", LayerRules::servicesAreStrangers),
            new Rule("noCycles", LayerRules::noCycles),
            new Rule("frameworkOnlyInServices", LayerRules::frameworkOnlyInServices));

    private static ArchRule domainStandsAlone(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("domain"))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        code.layer("domain"),
                        "java.lang..",
                        "java.util..",
                        "java.time..",
                        "java.net",
                        "java.nio.charset",
                        "org.jspecify.."))
                .because("the domain is data and decisions: no I/O, no framework, no other layer");
    }

    private static ArchRule portsSeeOnlyTheDomain(Code code) {
        return classes()
                .that()
                .resideInAPackage(code.layer("ports"))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(code.layer("ports"), code.layer("domain"), "java..", "org.jspecify.."))
                .because("a port is the domain's own words for what it needs from outside");
    }

    private static ArchRule adaptersAreStrangers(Code code) {
        return slices().matching(code.root() + ".adapters.(*)..")
                .should()
                .notDependOnEachOther()
                .because("an adapter must be removable without touching another");
    }

    private static ArchRule nothingDependsOnServices(Code code) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(code.layer("services"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(code.layer("services"))
                .because("services compose; nothing composes services");
    }

    private static ArchRule servicesAreStrangers(Code code) {
        return slices().matching(code.root() + ".services.(*)..")
                .should()
                .notDependOnEachOther()
                .because("services are separate processes: they talk over the wire");
    }

    /** Every package is a slice of its own, so a package and one below it must not need each other either. */
    private static ArchRule noCycles(Code code) {
        return slices().matching(code.root() + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("packages in a cycle are one package that cannot be read in parts");
    }

    private static ArchRule frameworkOnlyInServices(Code code) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(code.layer("services"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micronaut..", "jakarta.inject..", "jakarta.annotation..", "picocli..")
                .because("wiring lives in services; everything else is built with new");
    }

    private LayerRules() {}
}

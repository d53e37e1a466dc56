package dev.ambit.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** An adapter is done when it passes the suite of the port it implements; these rules find those that skip it. */
final class ContractRules {
    static final List<Rule> ALL = List.of(
            new Rule("everyAdapterRunsTheContractOfItsPort", ContractRules::everyAdapterRunsTheContractOfItsPort),
            new Rule("everyPortHasAContract", ContractRules::everyPortHasAContract));

    private static ArchRule everyAdapterRunsTheContractOfItsPort(Code code) {
        Set<String> run = code.tests().stream()
                .filter(test -> !test.getModifiers().contains(JavaModifier.ABSTRACT))
                .flatMap(test -> test.getAllRawSuperclasses().stream().map(suite -> runs(test, suite.getName())))
                .collect(Collectors.toSet());
        return classes()
                .that()
                .resideInAPackage(code.layer("adapters"))
                .should(new ArchCondition<>("have a test in their package that extends their port's contract") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (JavaClass port : Ports.implementedBy(type, code)) {
                            String suite = port.getName() + "Contract";
                            String message =
                                    type.getName() + ": no test in " + type.getPackageName() + " extends " + suite;
                            events.add(new SimpleConditionEvent(type, run.contains(runs(type, suite)), message));
                        }
                    }
                })
                .because("adapters of a port can be swapped only if they keep the same promises");
    }

    private static ArchRule everyPortHasAContract(Code code) {
        Set<String> suites = code.tests().stream().map(JavaClass::getName).collect(Collectors.toSet());
        List<JavaClass> implemented = code.main().stream()
                .filter(type -> code.isIn(type, "adapters"))
                .flatMap(type -> Ports.implementedBy(type, code).stream())
                .toList();
        return classes()
                .that()
                .resideInAPackage(code.layer("ports"))
                .should(new ArchCondition<>("have a contract suite if an adapter implements them") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (implemented.contains(type)) {
                            String suite = type.getName() + "Contract";
                            String message = type.getName() + " is implemented by an adapter and has no suite " + suite;
                            events.add(new SimpleConditionEvent(type, suites.contains(suite), message));
                        }
                    }
                })
                .because("a promise that no test states is not a promise");
    }

    private static String runs(JavaClass inPackage, String suite) {
        return inPackage.getPackageName() + " runs " + suite;
    }

    private ContractRules() {}
}

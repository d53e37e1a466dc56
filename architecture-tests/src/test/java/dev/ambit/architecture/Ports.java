package dev.ambit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.stream.Collectors;

/** Which interfaces are ports. */
final class Ports {

    /**
     * The ports that an adapter class implements, directly or through its superclasses. Handles are left out: what a port
     * hands out (a served pod, an opened namespace) is covered by the contract of the port that hands it out.
     */
    static List<JavaClass> implementedBy(JavaClass type, Code code) {
        if (type.isInterface() || type.isAnonymousClass()) {
            return List.of();
        }
        return type.getAllRawInterfaces().stream()
                .filter(port -> code.isIn(port, "ports"))
                .filter(JavaClass::isTopLevelClass)
                .filter(port -> !isHandle(port, code))
                .collect(Collectors.toList());
    }

    private static boolean isHandle(JavaClass port, Code code) {
        return code.main().stream()
                .filter(other -> other.isInterface() && other.isTopLevelClass() && code.isIn(other, "ports"))
                .filter(other -> !other.equals(port))
                .flatMap(other -> other.getMethods().stream())
                .anyMatch(method ->
                        method.getReturnType().getAllInvolvedRawTypes().contains(port));
    }

    private Ports() {}
}

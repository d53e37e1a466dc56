package dev.ambit.systemtests;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios between our own node proxies. */
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#ours")
class OwnMeshScenariosTest extends MeshScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;
}

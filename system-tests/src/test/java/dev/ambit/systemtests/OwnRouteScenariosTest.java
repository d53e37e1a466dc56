package dev.ambit.systemtests;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways that are not straight between our own node proxies. */
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#oursWithStaticFile")
class OwnRouteScenariosTest extends RouteScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;
}

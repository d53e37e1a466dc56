package dev.ambit.systemtests;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways that are not straight between our node proxy and another implementation's; see {@link InteropTest}. */
@Tag("interop")
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#allWithStaticFile")
class InteropRouteTest extends RouteScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;
}

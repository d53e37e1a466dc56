package dev.ambit.systemtests;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios between our node proxy and another implementation's; run by {@code ./ambit verify --interop --peer FILE}. */
@Tag("interop")
@ParameterizedClass
@MethodSource("dev.ambit.systemtests.Combination#all")
class InteropTest extends MeshScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination combination;
}

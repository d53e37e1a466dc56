package dev.ambit.systemtests;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Another implementation's ztunnel as the proxy of one workload, in a mesh of ours; see {@link InteropTest}. */
@Tag("interop")
@ParameterizedClass
@EnumSource(names = "THEIRS")
class InteropDedicatedTest extends DedicatedScenarios {
    @Parameter
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Combination.Side side;
}

package dev.ambit.services.controlplane;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.util.Map;

/** The service as it is started, but for its environment, which is the test's. */
final class TestContext {
    static ApplicationContext start(Map<String, Object> variables) {
        return ApplicationContext.builder()
                .propertySources(PropertySource.of(
                        "variables",
                        variables,
                        PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("test")))
                .start();
    }

    private TestContext() {}
}

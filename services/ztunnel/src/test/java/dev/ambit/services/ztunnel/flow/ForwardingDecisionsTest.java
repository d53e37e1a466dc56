package dev.ambit.services.ztunnel.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.transport.FlowDecisions;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class ForwardingDecisionsTest {
    private final List<Method> reached = new ArrayList<>();

    private final FlowDecisions forwarding = new ForwardingDecisions((FlowDecisions) Proxy.newProxyInstance(
            FlowDecisions.class.getClassLoader(), new Class<?>[] {FlowDecisions.class}, (_, method, _) -> {
                reached.add(method);
                return null;
            })) {};

    static Stream<Method> port() {
        return Stream.of(FlowDecisions.class.getMethods());
    }

    /** Also what the port has a default for: a wrapper that lost it would compile. */
    @ParameterizedTest
    @MethodSource("port")
    void everyMethodOfThePortIsPassedOn(Method method) throws ReflectiveOperationException {
        method.invoke(forwarding, new Object[method.getParameterCount()]);

        assertThat(reached).containsExactly(method);
    }
}

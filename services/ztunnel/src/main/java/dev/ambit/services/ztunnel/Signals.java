package dev.ambit.services.ztunnel;

import dev.ambit.services.ztunnel.pod.Shutdown;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT begin the shutdown; a second SIGINT ends the process at once.
 *
 * <p>The JDK's own way is a shutdown hook, but hooks run all at once, and Micronaut's would take metrics and readiness
 * away while connections still finish. So the handlers are set, by reflection: sun.misc.Signal is part of every JDK
 * (module jdk.unsupported), yet to name it is a warning that cannot be switched off.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    /** What a shell reports for a process that SIGINT ended. */
    private static final int INTERRUPTED = 130;

    /** Where handlers cannot be set, the process ends by the JDK's hooks. */
    static void handle(Shutdown shutdown) {
        var interrupts = new AtomicInteger();
        on("TERM", () -> {
            var _ = shutdown.begin("SIGTERM");
        });
        on("INT", () -> {
            if (interrupts.incrementAndGet() > 1) {
                LOG.warn("second SIGINT, ending at once");
                Runtime.getRuntime().halt(INTERRUPTED);
            }
            var _ = shutdown.begin("SIGINT");
        });
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(),
                    new Class<?>[] {handler},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "hashCode" -> System.identityHashCode(self);
                        case "equals" -> arguments != null && self == arguments[0];
                        default -> "on SIG" + name;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handling);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("SIG{} will end this process without its own order\tcause=\"{}\"", name, e.toString());
        }
    }

    private Signals() {}
}

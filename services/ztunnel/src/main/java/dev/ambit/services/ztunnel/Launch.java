package dev.ambit.services.ztunnel;

import dev.ambit.services.ztunnel.web.WebServers;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires and starts it. When that fails, operators read one line that says why, not a stack trace (which is at debug). */
final class Launch {
    private static final Logger LOG = LoggerFactory.getLogger(Launch.class);
    private static final int CAUSES_MAX = 50;
    private static final String MESSAGE = "Message: ";

    /** Returns when everything is in motion; the threads of its servers keep the process alive. */
    static void begin(String[] arguments) {
        try {
            ApplicationContext context = ApplicationContext.builder(Main.class)
                    .args(arguments)
                    .banner(false)
                    .start();
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(context::close));
            context.getBean(WebServers.class).start();
        } catch (IOException | RuntimeException | LinkageError failure) {
            LOG.error("ztunnel cannot start\tcause=\"{}\"", cause(failure));
            LOG.debug("ztunnel cannot start", failure);
            System.exit(1);
        }
    }

    /** What an operator needs to know: our own message where there is one, else what the framework says, and why. */
    static String cause(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable at = failure; at != null && chain.size() < CAUSES_MAX; at = at.getCause()) {
            chain.add(at);
        }
        String root = text(chain.getLast());
        String told = chain.stream()
                .filter(Launch::isOurs)
                .findFirst()
                .map(Launch::text)
                // A bare "Address already in use" needs the sentence around it, which names the address.
                .orElseGet(() -> text(chain.get(Math.max(0, chain.size() - 2))));
        return (told.contains(root) ? told : told + ": " + root).replaceAll("\\s+", " ");
    }

    /** The ports' exceptions, and what configuration records and options throw. */
    private static boolean isOurs(Throwable failure) {
        return failure.getClass().getName().startsWith("dev.ambit.")
                || (failure instanceof IllegalArgumentException && !(failure instanceof NumberFormatException));
    }

    /** The framework repeats its way to the failing bean around what went wrong. */
    private static String text(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String inner = message.substring(
                message.lastIndexOf(MESSAGE) < 0 ? 0 : message.lastIndexOf(MESSAGE) + MESSAGE.length());
        int path = inner.indexOf("Path Taken:");
        return (path < 0 ? inner : inner.substring(0, path)).strip();
    }

    private Launch() {}
}

package dev.ambit.adapters.telemetry.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import java.util.Map;

/**
 * Logback's configuration for a service that writes lines of {@link LineAppender}, found as a {@code ServiceLoader}
 * provider. It is code, because reading XML took a hundred classes and their time at every start. {@code LOG_LEVEL} is the level of
 * what no filter names, {@code LOG_FORMAT} the form of lines; who sets {@code logback.configurationFile} configures by that.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LineConfigurator extends ContextAwareBase implements Configurator {
    /** What libraries say below a warning is of no use to who runs a proxy. */
    private static final List<String> LIBRARIES = List.of("io.micronaut", "io.netty", "io.grpc");

    private final Map<String, String> environment;

    /** Logback calls this. */
    public LineConfigurator() {
        this(System.getenv());
    }

    LineConfigurator(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public ExecutionStatus configure(LoggerContext logging) {
        if (System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        var lines = new LineAppender();
        lines.setContext(logging);
        lines.setName("stdout");
        lines.setFormat(environment.getOrDefault("LOG_FORMAT", "plain"));
        lines.start();
        LIBRARIES.forEach(library -> logging.getLogger(library).setLevel(Level.WARN));
        Logger root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(environment.getOrDefault("LOG_LEVEL", "info"), Level.INFO));
        root.addAppender(lines);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

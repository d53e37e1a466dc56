package dev.ambit.services.ztunnel.config;

import io.micronaut.context.annotation.Context;
import io.micronaut.logging.LogLevel;
import io.micronaut.logging.LoggingSystem;
import java.util.List;
import org.slf4j.Logger;

/** Sets the levels of loggers, as configured at start and whenever it is told to. */
@Context
public final class LogLevels {
    private final List<LoggingSystem> systems;

    LogLevels(ZtunnelConfig config, List<LoggingSystem> systems) {
        this.systems = List.copyOf(systems);
        config.logging().filter().ifPresent(this::apply);
    }

    /** Sets the levels that the filter names, at once; others stay as they are. */
    public void apply(LogFilter filter) {
        for (LoggingSystem system : systems) {
            filter.root().ifPresent(level -> system.setLogLevel(Logger.ROOT_LOGGER_NAME, of(level)));
            filter.scopes().forEach((logger, level) -> system.setLogLevel(logger, of(level)));
        }
    }

    private static LogLevel of(LogFilter.Level level) {
        return LogLevel.valueOf(level.name());
    }
}

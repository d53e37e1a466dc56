package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.LogFilter;
import dev.ambit.services.ztunnel.config.LogFilter.Level;
import dev.ambit.services.ztunnel.config.LogLevels;
import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import io.micronaut.logging.LogLevel;
import io.micronaut.logging.LoggingSystem;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is logged now, and how that is changed while the proxy runs: for everything, or scope by scope. */
@Singleton
final class LogControl {
    private static final LogFilter USUAL = new LogFilter(Optional.of(Level.INFO), Map.of());

    private final LogFilter configured;
    private final LogLevels levels;
    private final List<LoggingSystem> systems;
    private LogFilter current;

    LogControl(ZtunnelConfig config, LogLevels levels, List<LoggingSystem> systems) {
        this.configured = config.logging().filter().map(set -> over(USUAL, set)).orElse(USUAL);
        this.levels = levels;
        this.systems = List.copyOf(systems);
        this.current = configured;
    }

    /** As an operator would write it: scopes, the most precise first, then the level of everything else. */
    synchronized String current() {
        Stream<String> scopes = current.scopes().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Level> each) ->
                                -each.getKey().length())
                        .thenComparing(Map.Entry::getKey))
                .map(each -> each.getKey() + "=" + text(each.getValue()));
        return Stream.concat(scopes, current.root().stream().map(LogControl::text))
                .collect(Collectors.joining(","));
    }

    /**
     * Sets the levels that are named; others stay, or with {@code reset} become what was configured.
     *
     * @param text may be empty with {@code reset}
     * @throws IllegalArgumentException if it names an unknown level; nothing is changed then
     */
    synchronized void change(boolean reset, String text) {
        if (!text.isEmpty()) {
            for (String clause : text.split(",", -1)) {
                if (clause.indexOf('=') < 0 && !isLevel(clause)) {
                    throw new IllegalArgumentException("level " + clause + " is invalid");
                }
            }
        }
        LogFilter wanted = over(reset ? configured : current, LogFilter.parse("level", text));
        for (String logger : current.scopes().keySet()) {
            if (!wanted.scopes().containsKey(logger)) {
                systems.forEach(system -> system.setLogLevel(logger, LogLevel.NOT_SPECIFIED));
            }
        }
        levels.apply(wanted);
        current = wanted;
    }

    private static boolean isLevel(String text) {
        return Stream.of(Level.values()).anyMatch(level -> text(level).equals(text));
    }

    private static LogFilter over(LogFilter base, LogFilter more) {
        var scopes = new HashMap<>(base.scopes());
        scopes.putAll(more.scopes());
        return new LogFilter(more.root().or(base::root), scopes);
    }

    private static String text(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}

package dev.ambit.services.ztunnel.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Log levels in the syntax of Istio's ztunnel: {@code info}, {@code debug,xds=trace}, {@code access=off}. Scopes are
 * ztunnel's module names, translated to our packages; a scope we have no package for is kept as it is and matches nothing.
 *
 * @param root level of everything that no scope names; empty leaves it
 * @param scopes level by logger name
 */
public record LogFilter(Optional<Level> root, Map<String, Level> scopes) {
    private static final int DIRECTIVES_MAX = 100;
    private static final String CRATE = "ztunnel::";
    private static final String OURS = "dev.ambit";

    /** By the first part of a scope's name, after {@code ztunnel::}. */
    private static final Map<String, List<String>> PACKAGES = Map.ofEntries(
            Map.entry("ztunnel", List.of(OURS)),
            Map.entry("admin", List.of(OURS + ".services.ztunnel.web")),
            Map.entry("app", List.of(OURS + ".services.ztunnel")),
            Map.entry("dns", List.of(OURS + ".services.ztunnel.dns", OURS + ".adapters.dns")),
            Map.entry("identity", List.of(OURS + ".services.ztunnel.credentials", OURS + ".adapters.xds.ca")),
            Map.entry("inpod", List.of(OURS + ".services.ztunnel.pod", OURS + ".adapters.linux")),
            Map.entry("proxy", List.of(OURS + ".services.ztunnel.flow", OURS + ".adapters.netty")),
            Map.entry("rbac", List.of(OURS + ".services.ztunnel.flow")),
            Map.entry("state", List.of(OURS + ".services.ztunnel.mesh")),
            Map.entry("tls", List.of(OURS + ".adapters.netty.tls")),
            Map.entry("xds", List.of(OURS + ".adapters.xds")),
            Map.entry("h2", List.of("io.netty")),
            Map.entry("tonic", List.of("io.grpc")),
            Map.entry("hyper", List.of("io.micronaut")));

    /** From silence to everything. */
    public enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE;

        static Optional<Level> named(String text) {
            return Stream.of(values())
                    .filter(level -> level.name().equalsIgnoreCase(text.strip()))
                    .findFirst();
        }

        private static String names() {
            return Stream.of(values())
                    .map(level -> level.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }
    }

    public LogFilter {
        scopes = Map.copyOf(scopes);
    }

    /**
     * Reads a filter.
     *
     * @param where to name in the message if it cannot be read
     * @throws IllegalArgumentException if a level is unknown or a span is named; the message is one line with the way out
     */
    public static LogFilter parse(String where, String text) {
        String[] directives = text.split(",", -1);
        if (directives.length > DIRECTIVES_MAX) {
            throw Settings.unusable(
                    where, text.substring(0, DIRECTIVES_MAX), "it may have at most " + DIRECTIVES_MAX + " parts");
        }
        Optional<Level> root = Optional.empty();
        var scopes = new LinkedHashMap<String, Level>();
        for (String each : directives) {
            String directive = each.strip();
            int equals = directive.indexOf('=');
            Optional<Level> bare = equals < 0 ? Level.named(directive) : Optional.empty();
            if (directive.isEmpty()) {
                continue;
            }
            if (directive.contains("[")) {
                throw Settings.unusable(
                        where, text, "filters by span, '" + directive + "', are not supported; name a scope alone");
            }
            if (bare.isPresent()) {
                root = bare;
                continue;
            }
            String scope =
                    equals < 0 ? directive : directive.substring(0, equals).strip();
            // A scope without a level means all of it, as in Rust's env_logger.
            Level level = equals < 0
                    ? Level.TRACE
                    : Level.named(directive.substring(equals + 1))
                            .orElseThrow(() -> Settings.unusable(
                                    where, text, "levels are " + Level.names() + ", as in info,xds=debug"));
            loggers(scope).forEach(logger -> scopes.put(logger, level));
        }
        return new LogFilter(root, scopes);
    }

    private static List<String> loggers(String scope) {
        String inner = scope.startsWith(CRATE) ? scope.substring(CRATE.length()) : scope;
        int nested = inner.indexOf("::");
        List<String> packages = PACKAGES.get(nested < 0 ? inner : inner.substring(0, nested));
        return packages == null ? List.of(inner) : packages;
    }
}

package dev.ambit.services.ztunnel.config;

import java.util.Map;
import java.util.Optional;

/**
 * What is logged, and how.
 *
 * @param json whether lines are JSON objects
 * @param filter levels over those of LOG_LEVEL; empty if RUST_LOG is not set
 * @param authorizationAtInfo whether policy decisions are logged at info instead of debug
 */
public record LogConfig(boolean json, Optional<LogFilter> filter, boolean authorizationAtInfo) {
    static LogConfig read(Settings settings) {
        return new LogConfig(
                settings.choice("LOG_FORMAT", Map.of("plain", false, "json", true)),
                settings.optional("RUST_LOG").map(text -> LogFilter.parse("RUST_LOG", text)),
                settings.flag("AUTHZ_POLICY_INFO_LOGGING"));
    }
}

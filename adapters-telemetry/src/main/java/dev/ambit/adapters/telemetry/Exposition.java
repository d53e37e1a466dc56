package dev.ambit.adapters.telemetry;

/**
 * Every metric as a scraper gets it.
 *
 * @param contentType the HTTP header that goes with the body
 */
public record Exposition(String contentType, String body) {}

package dev.ambit.services.ztunnel.web;

/** Begins the orderly end of this process: connections may finish first. Returns at once. */
@FunctionalInterface
public interface ProcessEnd {
    /**
     * Begins, unless it has begun.
     *
     * @param why who wants it, for the log
     */
    void begin(String why);
}

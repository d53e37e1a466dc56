package dev.ambit.services.ztunnel.web;

/** One more top-level key of the config dump, from the part of the proxy that knows. */
public interface DumpSection {
    /** The key; Istio's ztunnel's where it has one. */
    String key();

    /** Maps, lists, text and numbers, read when the dump is asked for. Never a secret. */
    Object value();
}

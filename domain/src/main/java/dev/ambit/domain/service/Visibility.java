package dev.ambit.domain.service;

/** Who may see a service. */
public enum Visibility {
    PUBLIC,
    NAMESPACE
}

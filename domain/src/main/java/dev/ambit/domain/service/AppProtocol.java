package dev.ambit.domain.service;

/** The application protocol of a service port; layer 4 carries it but does not act on it. */
public enum AppProtocol {
    UNKNOWN,
    HTTP11,
    HTTP2,
    GRPC,
    TCP,
    TLS
}

package dev.ambit.domain.service;

/**
 * One port of a service.
 *
 * @param servicePort the port callers use, 1 to 65535
 * @param targetPort the port endpoints listen on; 0 when it is named and each endpoint resolves it for itself
 */
public record ServicePort(int servicePort, int targetPort, AppProtocol appProtocol) {}

package dev.ambit.domain.flow;

import dev.ambit.domain.service.MeshService;

/** The service a connection was meant for, as telemetry names it. Empty when none is known. */
public record ServiceParty(String hostname, String name, String namespace) {
    public static final ServiceParty UNKNOWN = new ServiceParty("", "", "");

    public static ServiceParty of(MeshService service) {
        return new ServiceParty(service.hostname(), service.name(), service.namespace());
    }
}

package dev.ambit.services.controlplane.web;

import dev.ambit.services.controlplane.issuing.StartupGate;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import org.jspecify.annotations.Nullable;

/** While the start waits there is no authority to administer and no mesh to look into: whoever asks hears why. */
@ServerFilter({"/ca/**", "/debug/**"})
final class WaitFilter {
    private final StartupGate gate;

    WaitFilter(StartupGate gate) {
        this.gate = gate;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> answer() {
        return gate.isOpen()
                ? null
                : HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                        .contentType(MediaType.TEXT_PLAIN_TYPE)
                        .body("the control plane waits to start\n");
    }
}

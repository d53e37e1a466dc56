package dev.ambit.services.controlplane.web;

import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.services.controlplane.issuing.AuthorityUpkeep;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;

/** The certificate authority's part of the admin server, which listens on localhost alone. */
@Controller(value = "/ca", port = "${micronaut.admin-port}")
@ExecuteOn(TaskExecutors.BLOCKING)
final class AuthorityController {
    private final AuthorityUpkeep upkeep;

    AuthorityController(AuthorityUpkeep upkeep) {
        this.upkeep = upkeep;
    }

    @Get(produces = MediaType.TEXT_PLAIN)
    String status() {
        return upkeep.status();
    }

    @Post(uri = "/rotate", produces = MediaType.TEXT_PLAIN, consumes = MediaType.ALL)
    String rotate() {
        return upkeep.rotate();
    }

    @Post(uri = "/abort", produces = MediaType.TEXT_PLAIN, consumes = MediaType.ALL)
    String abort() {
        return upkeep.abort();
    }

    @Error
    HttpResponse<String> failed(CertificateAuthorityException failure) {
        return HttpResponse.<String>status(HttpStatus.SERVICE_UNAVAILABLE)
                .contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(failure.getMessage() + "\n");
    }
}

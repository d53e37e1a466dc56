package dev.ambit.services.ztunnel.web;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;

/** What is not there, or not so, is answered without a body, as by Istio's ztunnel; only logging says how to use it. */
@Controller
final class PlainErrors {

    @Error(status = HttpStatus.NOT_FOUND, global = true)
    HttpResponse<?> notFound() {
        return HttpResponse.notFound();
    }

    @Error(status = HttpStatus.METHOD_NOT_ALLOWED, global = true)
    HttpResponse<?> notAllowed(HttpRequest<?> request) {
        var response = HttpResponse.<String>status(HttpStatus.METHOD_NOT_ALLOWED);
        return request.getPath().equals("/logging")
                ? response.contentType(MediaType.TEXT_PLAIN_TYPE)
                        .body("Invalid HTTP method\n " + AdminController.LOGGING_USAGE)
                : response;
    }
}

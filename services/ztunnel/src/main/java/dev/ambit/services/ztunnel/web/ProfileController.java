package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.profile.ProfileKind;
import dev.ambit.services.ztunnel.profile.Profiler;
import dev.ambit.services.ztunnel.profile.Profiler.ProfileException;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Profiles on the admin server, at the paths where pprof looks for them. */
@Controller(port = "${micronaut.admin-port}", value = "/debug/pprof")
final class ProfileController {
    private static final String GZIPPED_PROTOBUF = "application/octet-stream";
    private static final int SECONDS_MAX = 300;
    private static final int FREQUENCY_MAX = 1_000;

    private final Profiler profiler;

    ProfileController(Profiler profiler) {
        this.profiler = profiler;
    }

    @Get(uri = "/profile", produces = MediaType.ALL)
    CompletionStage<HttpResponse<?>> cpu(
            @QueryValue(defaultValue = "10") String seconds,
            @QueryValue(defaultValue = "100") String frequency,
            @QueryValue(defaultValue = "samples") String of) {
        if (!of.equals("samples") && !of.equals("cpu-time")) {
            return unusable("of", of, "samples, or cpu-time for native code as well");
        }
        return take(of.equals("cpu-time") ? ProfileKind.CPU_TIME : ProfileKind.CPU, seconds, frequency);
    }

    @Get(uri = "/allocs", produces = MediaType.ALL)
    CompletionStage<HttpResponse<?>> allocations(@QueryValue(defaultValue = "10") String seconds) {
        return take(ProfileKind.ALLOCATIONS, seconds, "100");
    }

    @Get(uri = "/heap", produces = MediaType.ALL)
    CompletionStage<HttpResponse<?>> heap() {
        return answered(profiler.take(ProfileKind.HEAP, Duration.ZERO, 1));
    }

    /** Istio's ztunnel has to be told to watch its heap; a JVM does not. */
    @Get(uri = "/heap/profiling", produces = MediaType.TEXT_PLAIN)
    String activation() {
        return "heap profiles need no activation\n";
    }

    private CompletionStage<HttpResponse<?>> take(ProfileKind kind, String seconds, String frequency) {
        if (!isWithin(seconds, SECONDS_MAX)) {
            return unusable("seconds", seconds, "1-" + SECONDS_MAX);
        }
        if (!isWithin(frequency, FREQUENCY_MAX)) {
            return unusable("frequency", frequency, "1-" + FREQUENCY_MAX);
        }
        return answered(profiler.take(kind, Duration.ofSeconds(Long.parseLong(seconds)), Integer.parseInt(frequency)));
    }

    private static boolean isWithin(String text, int most) {
        return text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= most;
    }

    private static CompletionStage<HttpResponse<?>> unusable(String parameter, String value, String expected) {
        return CompletableFuture.completedFuture(
                text(HttpStatus.BAD_REQUEST, "parameter " + parameter + " is '" + value + "'; expected " + expected));
    }

    private static CompletionStage<HttpResponse<?>> answered(CompletionStage<byte[]> profile) {
        return profile.<HttpResponse<?>>thenApply(bytes -> HttpResponse.ok(bytes)
                        .contentType(GZIPPED_PROTOBUF)
                        .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"profile.pb.gz\""))
                .exceptionally(
                        e -> refused(e instanceof CompletionException && e.getCause() != null ? e.getCause() : e));
    }

    private static HttpResponse<?> refused(Throwable cause) {
        boolean busy = cause instanceof ProfileException no && no.isBusy();
        return text(busy ? HttpStatus.CONFLICT : HttpStatus.INTERNAL_SERVER_ERROR, String.valueOf(cause.getMessage()));
    }

    private static HttpResponse<?> text(HttpStatus status, String text) {
        return HttpResponse.<String>status(status)
                .contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(text + "\n");
    }
}

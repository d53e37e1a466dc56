package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.profile.ProfileKind;
import dev.ambit.services.ztunnel.profile.Profiler;
import dev.ambit.services.ztunnel.profile.Profiler.ProfileException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Profiles on the admin server, at the paths where pprof looks for them. */
@Singleton
final class ProfileController {
    private static final String GZIPPED_PROTOBUF = "application/octet-stream";
    private static final int SECONDS_MAX = 300;
    private static final int FREQUENCY_MAX = 1_000;

    private final Profiler profiler;

    ProfileController(Profiler profiler) {
        this.profiler = profiler;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/debug/pprof/profile", this::cpu),
                Route.get("/debug/pprof/allocs", request -> take(ProfileKind.ALLOCATIONS, request, "100")),
                Route.get("/debug/pprof/heap", _ -> answered(profiler.take(ProfileKind.HEAP, Duration.ZERO, 1))),
                // Istio's ztunnel has to be told to watch its heap; a JVM does not.
                Route.get(
                        "/debug/pprof/heap/profiling",
                        _ -> WebResponse.text(WebResponse.OK, "heap profiles need no activation\n")));
    }

    private WebResponse cpu(WebRequest request) {
        String of = request.parameter("of", "samples");
        if (!of.equals("samples") && !of.equals("cpu-time")) {
            return unusable("of", of, "samples, or cpu-time for native code as well");
        }
        return take(
                of.equals("cpu-time") ? ProfileKind.CPU_TIME : ProfileKind.CPU,
                request,
                request.parameter("frequency", "100"));
    }

    private WebResponse take(ProfileKind kind, WebRequest request, String frequency) {
        String seconds = request.parameter("seconds", "10");
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

    private static WebResponse unusable(String parameter, String value, String expected) {
        return WebResponse.text(
                WebResponse.BAD_REQUEST, "parameter " + parameter + " is '" + value + "'; expected " + expected + "\n");
    }

    private static WebResponse answered(CompletionStage<byte[]> profile) {
        try {
            return WebResponse.of(
                            WebResponse.OK,
                            GZIPPED_PROTOBUF,
                            profile.toCompletableFuture().join())
                    .with("Content-Disposition", "attachment; filename=\"profile.pb.gz\"");
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            boolean busy = cause instanceof ProfileException no && no.isBusy();
            return WebResponse.text(busy ? WebResponse.CONFLICT : WebResponse.SERVER_ERROR, cause.getMessage() + "\n");
        }
    }
}

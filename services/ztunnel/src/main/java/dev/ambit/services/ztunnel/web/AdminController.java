package dev.ambit.services.ztunnel.web;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The admin server on port 15000, localhost alone: the paths and answers of Istio's ztunnel, and {@code /explain}. */
@Singleton
final class AdminController {
    private static final String LOGGING_USAGE = """

            usage: POST /logging\t\t\t\t\t\t(To list current level)
            usage: POST /logging?level=<level>\t\t\t\t(To change global levels)
            usage: POST /logging?level={mod1}={level1},{mod2}={level2}\t(To change specific mods' logging level)
            usage: POST /logging?reset\t\t\t\t\t(To go back to what was configured)

            hint: loglevel:\terror|warn|info|debug|trace|off
            hint: mod_name:\tthe module name, i.e. ztunnel::proxy
            """;

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Ambit ztunnel</title></head>
            <body>
            <h1>ztunnel</h1>
            <table>
            <!--rows--></table>
            </body>
            </html>
            """;

    private static final Map<String, String> APIS = Map.of(
            "config_dump", "the mesh as this proxy knows it, its configuration and certificates (never a private key)",
            "explain", "why a connection is or would be carried or refused; params: from, to, port, format=json|text",
            "logging", "query or change logging levels (POST)",
            "quitquitquit", "shut down the proxy (POST)",
            "debug/pprof/profile",
                    "CPU profile for pprof; params: seconds 1-300 (10), frequency 1-1000 (100), of=samples|cpu-time",
            "debug/pprof/allocs", "who allocates, for pprof; params: seconds 1-300 (10)",
            "debug/pprof/heap", "what lives by class, for pprof");

    private final ConfigDump dump;
    private final LogControl logs;
    private final ProcessEnd end;

    AdminController(ConfigDump dump, LogControl logs, ProcessEnd end) {
        this.dump = dump;
        this.logs = logs;
        this.end = end;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/", _ -> index()),
                Route.get("/config_dump", _ -> WebResponse.json(dump.now())),
                new Route(
                        "POST",
                        "/logging",
                        this::logging,
                        WebResponse.text(WebResponse.METHOD_NOT_ALLOWED, "Invalid HTTP method\n " + LOGGING_USAGE)),
                Route.post("/quitquitquit", _ -> quit()));
    }

    private static WebResponse index() {
        var rows = new StringBuilder();
        APIS.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> rows.append("<tr><td><a href=\"")
                        .append(each.getKey())
                        .append("\">")
                        .append(each.getKey())
                        .append("</a></td><td>")
                        .append(each.getValue())
                        .append("</td></tr>\n"));
        return WebResponse.of(
                WebResponse.OK,
                "text/html; charset=utf-8",
                PAGE.replace("<!--rows-->", rows).getBytes(StandardCharsets.UTF_8));
    }

    private WebResponse logging(WebRequest request) {
        boolean reset = request.has("reset");
        String level = request.parameter("level", "");
        if (!level.isEmpty() || reset) {
            try {
                logs.change(reset, level);
            } catch (IllegalArgumentException _) {
                return WebResponse.text(
                        WebResponse.BAD_REQUEST, "Invalid level provided: " + level + "\n" + LOGGING_USAGE);
            }
        }
        return WebResponse.text(WebResponse.OK, "current log level is " + logs.current() + "\n");
    }

    private WebResponse quit() {
        end.begin("POST /quitquitquit");
        return WebResponse.text(WebResponse.OK, "shutdown now\n");
    }
}

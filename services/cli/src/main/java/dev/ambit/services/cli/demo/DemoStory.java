package dev.ambit.services.cli.demo;

import static dev.ambit.services.cli.demo.DemoMesh.CART;
import static dev.ambit.services.cli.demo.DemoMesh.CATALOG;
import static dev.ambit.services.cli.demo.DemoMesh.CATALOG_SERVICE;
import static dev.ambit.services.cli.demo.DemoMesh.NODE_A;
import static dev.ambit.services.cli.demo.DemoMesh.NODE_B;
import static dev.ambit.services.cli.demo.DemoMesh.PAYMENTS;
import static dev.ambit.services.cli.demo.DemoMesh.PAYMENTS_SERVICE;
import static dev.ambit.services.cli.demo.DemoMesh.REVIEWS;
import static dev.ambit.services.cli.demo.DemoMesh.SCANNER;

import dev.ambit.adapters.linux.capture.PacketCapture;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.services.cli.lab.Network.Node;
import dev.ambit.services.cli.lab.Pause;
import dev.ambit.services.cli.lab.PodClient.Answer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The demonstration, step by step. Every claim it makes on the screen is checked first. */
final class DemoStory implements AutoCloseable {
    /** An edited file must change the running mesh within this. */
    private static final Duration EFFECT = Duration.ofSeconds(1);

    private static final Duration LOG_LINE = Duration.ofSeconds(5);
    /** The usual address of a cluster's DNS; in this mesh nobody has it. */
    private static final InetSocketAddress NAME_SERVER = new InetSocketAddress("10.96.0.10", 53);

    private static final String SECRET = "card-4711-0815";

    private final DemoMesh demo;
    private final Screen screen;
    private @Nullable PacketCapture uplink;

    DemoStory(DemoMesh demo, Screen screen) {
        this.demo = demo;
        this.screen = screen;
    }

    /** Ends the capture, wherever the story stopped. */
    @Override
    public void close() {
        if (uplink != null) {
            uplink.close();
        }
    }

    void raise() {
        screen.step("A mesh on this machine: two nodes, five pods, real processes, real kernel redirection");
        demo.prepare();
        uplink = capture();
        for (Map.Entry<String, Duration> part : demo.start().entrySet()) {
            screen.check(true, part.getKey() + " ready after " + part.getValue().toMillis() + " ms");
        }
        screen.say("in the mesh, by the label on their namespace: cart, catalog (node-a), payments, reviews (node-b)");
        screen.say("outside, since its namespace has no label: scanner (node-a)");
    }

    /** The pods' name server is nowhere: whatever is answered, the pod's own ztunnel answers. */
    void lookUpNames() {
        screen.step("Names: cart asks its name server, and the pod's own ztunnel answers");
        for (String name : List.of("payments", "payments.shop.svc.cluster.local")) {
            List<IpAddress> addresses = demo.namesOf(CART).addresses(name, NAME_SERVER);
            screen.check(
                    addresses.equals(List.of(IpAddress.of(PAYMENTS_SERVICE.getAddress()))),
                    name + " is " + screen.strong(addresses.isEmpty() ? "nobody" : addresses.getFirst()));
        }
    }

    void callAcrossNodes() {
        screen.step("A call across nodes: cart on node-a calls the service payments, whose pod is on node-b");
        callWithIdentities(CART.name(), PAYMENTS_SERVICE, NODE_A, NODE_B, PAYMENTS.name(), CART.address());
    }

    void callWithinNode() {
        screen.step("A call within a node: cart calls catalog, both on node-a; identities are no different");
        callWithIdentities(CART.name(), CATALOG_SERVICE, NODE_A, NODE_A, CATALOG.name(), CART.address());
    }

    private void callWithIdentities(
            String caller, InetSocketAddress service, Node from, Node to, String callee, String callerAddress) {
        var outbound = LogWatch.begin(demo.ztunnelLog(from));
        var inbound = LogWatch.begin(demo.ztunnelLog(to));
        Answer answer = demo.in(CART).get(service, "/");
        boolean right = answer instanceof Answer.Ok(String body)
                && body.equals("hello from " + callee + ", you are " + callerAddress);
        screen.check(right, "the application answers: " + text(answer));
        expectIdentity(outbound, "outbound", "dst.identity", callee, "the caller's ztunnel proved it talks to");
        expectIdentity(inbound, "inbound", "src.identity", caller, "the destination's ztunnel proved it hears");
    }

    private void expectIdentity(LogWatch watch, String direction, String field, String account, String what) {
        String expected = "spiffe://cluster.local/ns/shop/sa/" + account;
        Optional<String> line = watch.line(
                LOG_LINE,
                text -> text.contains("direction=\"" + direction + "\"") && text.contains("connection complete"));
        String proven = line.map(text -> LogWatch.field(text, field)).orElse("");
        screen.check(proven.equals(expected), what + " " + screen.strong(proven.isEmpty() ? "nobody" : proven));
    }

    void onlyTlsBetweenNodes() {
        screen.step("Between the nodes travels TLS and nothing else");
        for (int i = 0; i < 20; i++) {
            demo.in(CART).get(PAYMENTS_SERVICE, "/pay?card=" + SECRET);
        }
        PacketCapture.Tally mesh = Objects.requireNonNull(uplink).finish();
        screen.check(
                mesh.tlsSegments() > 0 && mesh.otherSegments() == 0 && !mesh.markerSeen(),
                "every pod's packet on node-a's uplink since the mesh is up, 20 more calls with a secret in them included:");
        screen.say("  " + screen.strong(mesh.tlsSegments()) + " TCP segments of " + mesh.tlsRecords() + " TLS records, "
                + screen.strong(mesh.otherSegments()) + " of anything else, the secret was "
                + (mesh.markerSeen() ? "SEEN" : "never seen"));
        try (var capture = capture()) {
            demo.in(SCANNER).get(DemoMesh.application(REVIEWS), "/pay?card=" + SECRET);
            screen.check(
                    capture.finish().markerSeen(),
                    "the same from scanner, outside the mesh: anyone on the wire can read it");
        }
    }

    private PacketCapture capture() {
        return PacketCapture.start(demo.network().namespace(NODE_A.name()), "eth0", "10.78.", SECRET);
    }

    void allowAndDeny() {
        screen.step("Who may call payments? One YAML file: only cart");
        var denials = LogWatch.begin(demo.ztunnelLog(NODE_B));
        screen.check(demo.in(CATALOG).get(PAYMENTS_SERVICE, "/").isOk(), "before: catalog gets through");
        takesEffect(
                "payments-only-cart.yaml",
                () -> !demo.in(CATALOG).get(PAYMENTS_SERVICE, "/").isOk());
        screen.check(demo.in(CART).get(PAYMENTS_SERVICE, "/").isOk(), "allowed: cart still gets through");
        expectDenial(denials, "none allowed: [shop/only-cart]", "denied: catalog, because no ALLOW policy matches");
        screen.step("And one more: never catalog");
        var explicit = LogWatch.begin(demo.ztunnelLog(NODE_B));
        demo.apply("payments-not-catalog.yaml");
        Pause.until(EFFECT, () -> {
            demo.in(CATALOG).get(PAYMENTS_SERVICE, "/");
            return explicit.lines().stream().anyMatch(line -> line.contains("explicitly denied"));
        });
        expectDenial(
                explicit, "explicitly denied by: shop/not-catalog", "denied: catalog, by the policy that names it");
        screen.check(demo.in(CART).get(PAYMENTS_SERVICE, "/").isOk(), "allowed: cart");
    }

    private void expectDenial(LogWatch watch, String reason, String what) {
        Optional<String> line = watch.line(LOG_LINE, text -> text.contains(reason));
        screen.check(line.isPresent(), what);
        line.ifPresent(text -> screen.quote("ztunnel on node-b: " + LogWatch.field(text, "src.identity") + " -> "
                + LogWatch.field(text, "dst.workload") + ": " + LogWatch.field(text, "error")));
    }

    void strict() {
        screen.step("Callers from outside the mesh: accepted, until STRICT is written");
        InetSocketAddress reviews = DemoMesh.application(REVIEWS);
        Answer before = demo.in(SCANNER).get(reviews, "/");
        screen.check(before.isOk(), "PERMISSIVE, the default: scanner calls reviews in plaintext: " + text(before));
        var denials = LogWatch.begin(demo.ztunnelLog(NODE_B));
        takesEffect("strict.yaml", () -> !demo.in(SCANNER).get(reviews, "/").isOk());
        Optional<String> line = denials.line(LOG_LINE, text -> text.contains("istio_converted_static_strict"));
        screen.check(line.isPresent(), "refused by the policy that STRICT became");
        line.ifPresent(text -> screen.quote("ztunnel on node-b: " + LogWatch.field(text, "src.addr") + " -> "
                + LogWatch.field(text, "dst.workload") + ": " + LogWatch.field(text, "error")));
        screen.check(demo.in(CATALOG).get(reviews, "/").isOk(), "a caller of the mesh still gets through");
    }

    private void takesEffect(String file, BooleanSupplier effect) {
        long start = System.nanoTime();
        demo.apply(file);
        boolean seen = Pause.until(EFFECT, effect);
        long millis = (System.nanoTime() - start) / 1_000_000;
        screen.check(
                seen && millis <= EFFECT.toMillis(),
                "written: " + file + (seen ? "; in force after " + millis + " ms" : "; no effect within 1 s"));
    }

    void rotation(Duration secretTtl) {
        screen.step(
                "Certificates live " + secretTtl.toSeconds() + " s here and are renewed at half of that, under load");
        var watchA = LogWatch.begin(demo.ztunnelLog(NODE_A));
        var watchB = LogWatch.begin(demo.ztunnelLog(NODE_B));
        var load = new LoadOnPod(demo.in(CART), PAYMENTS_SERVICE).start(4, 2);
        boolean renewed = Pause.until(
                secretTtl,
                () -> renewedSerial(watchA, CART.name()).isPresent()
                        && renewedSerial(watchB, PAYMENTS.name()).isPresent());
        Pause.of(Duration.ofSeconds(1));
        load.close();
        demo.expectAlive();
        screen.check(
                renewed,
                "renewed meanwhile: cart's, now serial "
                        + renewedSerial(watchA, CART.name()).orElse("?") + ", and payments', now "
                        + renewedSerial(watchB, PAYMENTS.name()).orElse("?"));
        screen.check(
                load.failures().isEmpty() && load.succeeded() > 0,
                screen.strong(load.succeeded()) + " requests over " + load.connections() + " connections, "
                        + load.failures().size() + " failed");
        load.failures().stream().distinct().limit(3).forEach(screen::quote);
    }

    private static Optional<String> renewedSerial(LogWatch watch, String account) {
        return watch.lines().stream()
                .filter(line -> line.contains("certificate received") && line.contains("/sa/" + account + " "))
                .map(line -> LogWatch.field(line, "serial"))
                .map(serial -> serial.substring(0, Math.min(12, serial.length())))
                .reduce((_, last) -> last);
    }

    void counters() {
        screen.step("What the node proxies counted (Istio's metric names, port 15020)");
        for (Node node : List.of(NODE_A, NODE_B)) {
            Metrics metrics = Metrics.scrape(node);
            double opened = metrics.sum("istio_tcp_connections_opened_total");
            double denied = metrics.sum(
                    "istio_tcp_connections_closed_total",
                    sample -> sample.label("response_flags").equals("DENY"));
            double mutual = metrics.sum(
                    "istio_tcp_connections_opened_total",
                    sample -> sample.label("connection_security_policy").equals("mutual_tls"));
            screen.check(
                    opened > 0 && mutual > 0,
                    String.format(
                            "%-7s connections %6.0f   of them mutual TLS %6.0f   denied %3.0f   bytes in %9.0f   out %9.0f",
                            node.name(),
                            opened,
                            mutual,
                            denied,
                            metrics.sum("istio_tcp_received_bytes_total"),
                            metrics.sum("istio_tcp_sent_bytes_total")));
        }
    }

    private static String text(Answer answer) {
        return switch (answer) {
            case Answer.Ok(String body) -> "\"" + body + "\"";
            case Answer.Failed(String why) -> "no answer (" + why + ")";
        };
    }
}

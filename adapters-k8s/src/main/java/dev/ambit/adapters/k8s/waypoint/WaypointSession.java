package dev.ambit.adapters.k8s.waypoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ambit.adapters.k8s.cluster.WriteAttempts;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Wanted;
import dev.ambit.adapters.k8s.waypoint.WaypointPlan.Whose;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the waypoints of a cluster deployed for as long as this process leads. One thread works, one Gateway at a time. */
final class WaypointSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WaypointSession.class);

    private final WaypointOptions options;
    private final Meter meter;
    private final InstantSource clock;
    private final WaypointPlanner planner;
    private final ObjectWriter writer;
    private final WorkQueue queue;
    private final WaypointCluster cluster;
    private final Map<GatewayKey, String> outcomes = new HashMap<>();
    private final Map<GatewayKey, WriteAttempts<String>> failures = new HashMap<>();
    private final Thread thread;

    /** Begins at once. */
    WaypointSession(KubernetesClient client, WaypointOptions options, Meter meter, InstantSource clock) {
        this.options = options;
        this.meter = meter;
        this.clock = clock;
        this.planner = new WaypointPlanner(options);
        this.writer = new ObjectWriter(client, clock);
        this.queue = new WorkQueue(clock);
        this.cluster = new WaypointCluster(client, options, queue);
        this.thread = Thread.ofVirtual().name("waypoints").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Optional<WorkQueue.Work> work = queue.take(cluster::isSynced, cluster::gateways);
                if (work.isEmpty()) {
                    return;
                }
                work(work.get());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(WorkQueue.Work work) {
        work.gone().forEach(gone -> writer.forget(gone.kind(), gone.object()));
        if (work.classes()) {
            keepClasses();
        }
        work.gateway().ifPresent(key -> {
            try {
                keep(key);
            } catch (RuntimeException broken) {
                // One Gateway that we did not expect must not be the last one we look at.
                LOG.error("waypoint: unexpected failure\tgateway=\"{}\"", key, broken);
            }
        });
    }

    private void keepClasses() {
        try {
            for (Map.Entry<String, ObjectNode> wanted : GatewayClasses.wanted().entrySet()) {
                if (cluster.gatewayClass(wanted.getKey()).isEmpty()) {
                    writer.create(ApiKind.GATEWAY_CLASS, wanted.getValue());
                    LOG.info("class of gateways created\tclass=\"{}\"", wanted.getKey());
                }
            }
            cluster.classes().forEach(this::acceptClass);
        } catch (KubernetesClientException failed) {
            LOG.warn("class of gateways cannot be kept; tried again\twhy=\"{}\"", why(failed));
            queue.classesAgainAt(clock.instant().plusSeconds(5));
        }
    }

    private void acceptClass(JsonNode json) {
        var object = new GatewayObject(json);
        Optional<ReportedCondition> accepted =
                GatewayClasses.accepted(json.path("spec").path("controllerName").asText());
        if (accepted.isEmpty()) {
            return;
        }
        JsonNode conditions = ReportedCondition.into(
                object.status().path("conditions"), List.of(accepted.get()), object.generation(), clock.instant());
        if (!ReportedCondition.same(conditions, object.status().path("conditions"))) {
            ObjectNode patch = new ObjectMapper().createObjectNode();
            patch.putObject("metadata").put("uid", object.uid()).put("resourceVersion", object.resourceVersion());
            patch.putObject("status").set("conditions", conditions);
            writer.report(ApiKind.GATEWAY_CLASS, object.key(), accepted.get().toString(), patch)
                    .ifPresent(queue::classesAgainAt);
        }
    }

    private void keep(GatewayKey key) {
        try (NamedObjects.Look look = cluster.lookAt(key)) {
            Optional<GatewayObject> gateway = cluster.gateway(key).filter(found -> !found.isGoing());
            if (gateway.isEmpty()) {
                outcomes.remove(key);
                failures.remove(key);
                return;
            }
            Optional<WaypointPlanner.Circumstances> circumstances = cluster.circumstances(gateway.get(), look);
            if (circumstances.isPresent()) {
                WaypointPlan plan = planner.plan(gateway.get(), circumstances.get());
                try {
                    carryOut(plan, gateway.get(), look);
                    failures.remove(key);
                } catch (KubernetesClientException failed) {
                    failed(gateway.get(), failed);
                }
            }
        }
    }

    private void failed(GatewayObject gateway, KubernetesClientException failed) {
        String why = why(failed);
        WriteAttempts<String> before = failures.get(gateway.key());
        WriteAttempts<String> now =
                before == null ? WriteAttempts.first(why, clock.instant()) : before.again(why, clock.instant());
        failures.put(gateway.key(), now);
        queue.againAt(gateway.key(), now.next());
        note(gateway, "failed", why);
        try {
            report(GatewayReport.failed(gateway, why), gateway, true);
        } catch (KubernetesClientException silenced) {
            LOG.debug("waypoint: not even its status can be written\tgateway=\"{}\"", gateway.key(), silenced);
        }
    }

    private static String why(KubernetesClientException failed) {
        String said = failed.getStatus() == null || failed.getStatus().getMessage() == null
                ? String.valueOf(failed.getMessage())
                : failed.getStatus().getMessage();
        return switch (failed.getCode()) {
            case 0 -> "the API server cannot be reached: " + said;
            case 403 -> "the API server forbids it: " + said + "; deploy/control-plane/waypoints-rbac.yaml grants it";
            default -> "the API server answers " + failed.getCode() + ": " + said;
        };
    }

    private void carryOut(WaypointPlan plan, GatewayObject gateway, NamedObjects.Look look) {
        switch (plan) {
            case WaypointPlan.Foreign(Whose whose) -> {
                if (whose == Whose.OTHER_CLASS) {
                    prune(gateway, List.of());
                }
                outcomes.remove(gateway.key());
            }
            case WaypointPlan.Remote _ -> {
                prune(gateway, List.of());
                report(GatewayReport.remote(gateway), gateway, false);
                note(gateway, "remote", "");
            }
            case WaypointPlan.Pointed(List<String> hosts) -> {
                prune(gateway, List.of());
                var services = new ArrayList<ServiceState>();
                for (String host : hosts) {
                    cluster.otherService(gateway, host, look).ifPresent(services::add);
                }
                if (services.size() == hosts.size()) {
                    report(GatewayReport.behind(gateway, services), gateway, true);
                    note(gateway, "pointed", "");
                }
            }
            case WaypointPlan.Refused refused -> {
                report(GatewayReport.refused(refused), gateway, true);
                note(gateway, "refused", refused.message());
            }
            case WaypointPlan.Deployed deployed -> deploy(deployed, gateway);
        }
    }

    private void deploy(WaypointPlan.Deployed plan, GatewayObject gateway) {
        Optional<String> occupied = Optional.empty();
        boolean written = false;
        for (Wanted wanted : plan.objects()) {
            if (queue.isClosed()) {
                return;
            }
            Optional<JsonNode> live = cluster.live(wanted.kind(), gateway.namespace(), wanted.name());
            switch (writer.apply(wanted, gateway, live)) {
                case ObjectWriter.Outcome.Unchanged() -> {
                    // As it should be.
                }
                case ObjectWriter.Outcome.Written() -> written = true;
                case ObjectWriter.Outcome.Later(Instant when) -> queue.againAt(gateway.key(), when);
                case ObjectWriter.Outcome.Occupied(String why) -> occupied = Optional.of(why);
            }
        }
        prune(gateway, plan.objects());
        if (occupied.isPresent()) {
            report(GatewayReport.failed(gateway, occupied.get()), gateway, true);
            note(gateway, "occupied", occupied.get());
            return;
        }
        if (cluster.live(DeployedKind.SERVICE, gateway.namespace(), plan.service())
                .isEmpty()) {
            // Applied a moment ago: the watch brings it, and us back here.
            return;
        }
        String host = plan.service() + "." + gateway.namespace() + ".svc." + options.clusterDomain();
        ServiceState service = cluster.deployedService(gateway.namespace(), plan.service(), host);
        report(GatewayReport.behind(gateway, List.of(service)), gateway, true);
        if (written) {
            outcomes.remove(gateway.key());
        }
        note(gateway, "deployed", "");
    }

    /** Takes away what we deployed for the Gateway and is not wanted; the rest goes with the Gateway itself. */
    private void prune(GatewayObject gateway, List<Wanted> wanted) {
        for (DeployedKind kind : DeployedKind.values()) {
            Set<String> names = new HashSet<>();
            wanted.stream().filter(each -> each.kind() == kind).forEach(each -> names.add(each.name()));
            List<JsonNode> left = cluster.ownedBy(gateway, kind)
                    .filter(json ->
                            !names.contains(json.path("metadata").path("name").asText()))
                    .toList();
            for (JsonNode json : left) {
                if (!queue.isClosed()) {
                    writer.delete(kind, json);
                    meter.increment(Counter.WAYPOINT_DEPLOYMENTS, "removed");
                    LOG.info(
                            "waypoint: object removed\tgateway=\"{}\" kind={} name=\"{}\"",
                            gateway.key(),
                            kind.api().kind(),
                            json.path("metadata").path("name").asText());
                }
            }
        }
    }

    private void report(GatewayReport report, GatewayObject gateway, boolean waypoint) {
        if (!queue.isClosed()) {
            report.patch(gateway, waypoint, clock.instant())
                    .flatMap(patch -> writer.report(ApiKind.GATEWAY, gateway.key(), report.toString(), patch))
                    .ifPresent(when -> queue.againAt(gateway.key(), when));
        }
    }

    /** Once per outcome, not once per look. */
    private void note(GatewayObject gateway, String outcome, String why) {
        String now = outcome + why;
        if (!Objects.equals(outcomes.put(gateway.key(), now), now)) {
            meter.increment(Counter.WAYPOINT_DEPLOYMENTS, outcome);
            boolean bad = Stream.of("refused", "failed", "occupied").anyMatch(outcome::equals);
            LOG.atLevel(bad ? org.slf4j.event.Level.WARN : org.slf4j.event.Level.INFO)
                    .log("waypoint: {}\tgateway=\"{}\" why=\"{}\"", outcome, gateway.key(), why);
        }
    }

    @Override
    public void close() {
        queue.close();
        cluster.close();
        thread.interrupt();
        try {
            if (!thread.equals(Thread.currentThread())) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.services.ztunnel.config.ZtunnelConfig;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import dev.ambit.services.ztunnel.mesh.MeshSources;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Everything this proxy knows, as {@code istioctl ztunnel-config} reads it. */
@Singleton
final class ConfigDump {
    private final ZtunnelConfig config;
    private final CurrentMesh mesh;
    private final MeshSources sources;
    private final List<DumpSection> sections;

    ConfigDump(ZtunnelConfig config, CurrentMesh mesh, MeshSources sources, List<DumpSection> sections) {
        this.config = config;
        this.mesh = mesh;
        this.sources = sources;
        this.sections =
                sections.stream().sorted(Comparator.comparing(DumpSection::key)).toList();
    }

    /** The state of one moment for the mesh; other parts are read one after the other. */
    Map<String, Object> now() {
        var view = new MeshDump(mesh.view());
        var json = new MeshDump.Fields();
        json.put("workloads", view.workloads());
        json.put("services", view.services());
        json.put("policies", view.policies());
        // Endpoints that come before their service are kept with their workloads, not apart.
        json.put("stagedServices", Map.of());
        var local = new MeshDump(sources.local());
        json.put(
                "staticConfig",
                Map.of("workloads", local.workloads(), "services", local.services(), "policies", local.policies()));
        json.put("version", BuildInfo.json());
        json.put("config", SettingsDump.of(config));
        for (DumpSection section : sections) {
            json.put(section.key(), section.value());
        }
        return json.json();
    }
}

package dev.ambit.services.controlplane.web;

import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshState;
import dev.ambit.domain.workload.Workload;
import java.util.Comparator;
import java.util.List;

/** The mesh in {@code /debug/config_dump}, sorted by name. */
record MeshDump(List<Workload> workloads, List<MeshService> services, List<AuthorizationPolicy> policies) {

    /**
     * What there is of the mesh now.
     *
     * @param namespace whose part of it; empty for all
     */
    static MeshDump of(MeshState state, String namespace) {
        return new MeshDump(
                state.workloads().values().stream()
                        .filter(each -> namespace.isEmpty() || each.namespace().equals(namespace))
                        .sorted(Comparator.comparing(each -> each.uid().value()))
                        .toList(),
                state.services().values().stream()
                        .filter(each ->
                                namespace.isEmpty() || each.key().namespace().equals(namespace))
                        .sorted(Comparator.comparing(each -> each.key().toString()))
                        .toList(),
                state.policies().values().stream()
                        .filter(each ->
                                namespace.isEmpty() || each.name().namespace().equals(namespace))
                        .sorted(Comparator.comparing(each -> each.name().toString()))
                        .toList());
    }
}

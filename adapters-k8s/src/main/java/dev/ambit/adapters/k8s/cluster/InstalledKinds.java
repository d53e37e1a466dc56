package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.reading.MeshKind;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Watches which custom kinds the API server serves, and in which version. */
public final class InstalledKinds implements AutoCloseable {
    static final String PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    /** Definitions are large as they are sent. */
    private static final long PAGE = 20;

    private final SharedIndexInformer<CustomResourceDefinition> informer;
    private volatile boolean synced;

    /** Called one at a time. */
    public interface Listener {
        /** The kind is served in this version. */
        void installed(MeshKind kind, String apiVersion);

        /** The kind is not served, or not any more. */
        void removed(MeshKind kind);

        /** Everything that was there at the start has been told. */
        void complete();
    }

    /** Watches from {@link #start} on; does not close the connection. */
    public InstalledKinds(ClusterConnection connection, Set<MeshKind> wanted, Listener listener) {
        this.informer = connection
                .watching()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withLimit(PAGE)
                .runnableInformer(0)
                .exceptionHandler((_, _) -> true)
                .addEventHandler(new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(CustomResourceDefinition definition) {
                        tell(definition);
                    }

                    @Override
                    public void onUpdate(CustomResourceDefinition before, CustomResourceDefinition definition) {
                        tell(definition);
                    }

                    @Override
                    public void onDelete(CustomResourceDefinition definition, boolean missed) {
                        kind(definition).ifPresent(listener::removed);
                    }

                    @Override
                    public void onList(String version, boolean remainedEmpty) {
                        synced = true;
                        listener.complete();
                    }

                    private void tell(CustomResourceDefinition definition) {
                        kind(definition)
                                .ifPresent(kind -> served(kind, definition)
                                        .ifPresentOrElse(
                                                version -> listener.installed(kind, version),
                                                () -> listener.removed(kind)));
                    }

                    private Optional<MeshKind> kind(CustomResourceDefinition definition) {
                        String group = definition.getSpec().getGroup();
                        return MeshKind.of(definition.getSpec().getNames().getKind())
                                .filter(kind -> wanted.contains(kind)
                                        && kind.isCustom()
                                        && kind.group().equals(group));
                    }
                });
    }

    /** The version to prefer, if the server has begun to serve the kind. */
    private static Optional<String> served(MeshKind kind, CustomResourceDefinition definition) {
        boolean established = definition.getStatus() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
        if (!established) {
            return Optional.empty();
        }
        Set<String> versions = definition.getSpec().getVersions().stream()
                .filter(CustomResourceDefinitionVersion::getServed)
                .map(version -> kind.group() + "/" + version.getName())
                .collect(Collectors.toSet());
        return kind.apiVersions().stream().filter(versions::contains).findFirst();
    }

    public void start() {
        var _ = informer.start();
    }

    boolean isSynced() {
        return synced;
    }

    @Override
    public void close() {
        informer.stop();
    }
}

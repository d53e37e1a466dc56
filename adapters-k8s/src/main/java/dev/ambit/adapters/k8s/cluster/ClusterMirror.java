package dev.ambit.adapters.k8s.cluster;

import dev.ambit.adapters.k8s.reading.MeshKind;
import dev.ambit.adapters.k8s.translate.ObjectProblem;
import dev.ambit.ports.configuration.ConfigurationProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an API server has of the kinds that are wanted, kept up to date by informers. For one who waits for news. */
final class ClusterMirror implements AutoCloseable {
    private final ClusterConnection connection;
    private final Set<MeshKind> wanted;
    private final String node;
    private final ClusterObjects objects;
    private final InstalledKinds installed;
    private final Map<MeshKind, KindInformer> informers = new EnumMap<>(MeshKind.class);
    /** One object, so that it can be forgotten again. */
    private final Runnable answered = this::changed;

    private final Runnable listener;
    private long news;
    private long told;
    private boolean closed;

    /**
     * @param node whose pods are wanted; empty for those of all nodes
     */
    ClusterMirror(ClusterConnection connection, Set<MeshKind> wanted, String node, String rootNamespace) {
        this(connection, wanted, node, rootNamespace, () -> {});
    }

    /**
     * For one who is called when there is news, on any thread.
     *
     * @param node whose pods are wanted; empty for those of all nodes
     */
    ClusterMirror(
            ClusterConnection connection, Set<MeshKind> wanted, String node, String rootNamespace, Runnable listener) {
        this.listener = listener;
        this.connection = connection;
        this.wanted = Set.copyOf(wanted);
        this.node = node;
        this.objects = new ClusterObjects(rootNamespace);
        this.installed = new InstalledKinds(connection, wanted, new Installations());
    }

    /**
     * How things stand.
     *
     * @param complete whether every object of every kind that is served has arrived at least once
     * @param changes since the standing before
     * @param problems of kinds that do not arrive, and of objects
     */
    record Standing(boolean complete, List<ObjectChange> changes, List<ConfigurationProblem> problems) {}

    void start() {
        connection.answers().onChange(answered);
        if (needsDefinitions()) {
            installed.start();
        }
        wanted.stream()
                .filter(kind -> !kind.isCustom())
                .forEach(kind -> inform(kind, kind.apiVersions().getFirst()));
    }

    private boolean needsDefinitions() {
        return wanted.stream().anyMatch(MeshKind::isCustom);
    }

    private synchronized void inform(MeshKind kind, String apiVersion) {
        KindInformer before = informers.get(kind);
        if (closed || (before != null && before.apiVersion().equals(apiVersion))) {
            return;
        }
        if (before != null) {
            before.close();
        }
        var informer = new KindInformer(connection, kind, apiVersion, node, objects, this::changed);
        informers.put(kind, informer);
        informer.start();
        changed();
    }

    private synchronized void forget(MeshKind kind) {
        KindInformer gone = informers.remove(kind);
        if (gone != null) {
            gone.close();
            objects.removeAll(kind);
            changed();
        }
    }

    private final class Installations implements InstalledKinds.Listener {
        @Override
        public void installed(MeshKind kind, String apiVersion) {
            inform(kind, apiVersion);
        }

        @Override
        public void removed(MeshKind kind) {
            forget(kind);
        }

        @Override
        public void complete() {
            changed();
        }
    }

    private void changed() {
        synchronized (this) {
            news++;
            notifyAll();
        }
        listener.run();
    }

    /** Something outside is new, of which the one who waits should know. */
    void nudge() {
        changed();
    }

    /** What is new since the last call, if anything is; does not wait. */
    synchronized Optional<Standing> news() {
        return news == told || closed ? Optional.empty() : Optional.of(standing());
    }

    /** Waits until something is new since the last call, and says how things stand; empty when this is closed. */
    synchronized Optional<Standing> awaitNews() throws InterruptedException {
        while (news == told && !closed) {
            wait();
        }
        if (closed) {
            return Optional.empty();
        }
        return Optional.of(standing());
    }

    private synchronized Standing standing() {
        told = news;
        // In this order: when all is there, the changes are too.
        boolean complete = pending().isEmpty();
        return new Standing(complete, objects.changes(), problems());
    }

    /** The objects as they are at this moment. */
    ClusterObjects objects() {
        return objects;
    }

    /** What has not arrived yet, with the reason if there is one; empty when everything has. */
    synchronized List<String> pending() {
        var pending = new ArrayList<String>();
        if (needsDefinitions() && !installed.isSynced()) {
            pending.add(waiting("CustomResourceDefinition", InstalledKinds.PATH));
        }
        for (KindInformer informer : informers.values()) {
            if (!informer.isSynced()) {
                pending.add(waiting(informer.kind().kind(), informer.path()));
            }
        }
        return pending;
    }

    private String waiting(String kind, String path) {
        return kind + connection.answers().failure(path).map(why -> ": " + why).orElse("");
    }

    private List<ConfigurationProblem> problems() {
        var problems = new ArrayList<ConfigurationProblem>();
        connection
                .answers()
                .failure(InstalledKinds.PATH)
                .filter(_ -> needsDefinitions())
                .ifPresent(why -> problems.add(problem("CustomResourceDefinition", why)));
        for (KindInformer informer : informers.values()) {
            connection
                    .answers()
                    .failure(informer.path())
                    .ifPresent(why -> problems.add(problem(informer.kind().kind(), why)));
        }
        objects.problems().forEach(problem -> problems.add(located(problem)));
        return problems;
    }

    private ConfigurationProblem problem(String object, String why) {
        return new ConfigurationProblem(connection.url(), object, why);
    }

    ConfigurationProblem located(ObjectProblem problem) {
        return problem(problem.object().toString(), problem.message());
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        connection.answers().forget(answered);
        installed.close();
        informers.values().forEach(KindInformer::close);
    }
}

package dev.ambit.ports.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.policy.AuthorizationPolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.discovery.RecordingDiscoveryListener.Event;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link MeshDiscovery} promises, with a control plane of its own kind at the other end. */
@Timeout(60)
public abstract class MeshDiscoveryContract {

    /** A control plane that serves a feed. Starts connected. */
    public interface ControlPlane extends AutoCloseable {
        /** A new client of this control plane, not started. */
        MeshDiscovery client();

        /** Drops every connection and accepts none. */
        void disconnect();

        /** Is back, at the same address, with what the feed has by then. */
        void reconnect();

        @Override
        void close();
    }

    protected abstract ControlPlane serve(MeshFeed feed);

    /** A workload that the control plane can be made to send and the client cannot use. */
    protected abstract Workload unusable();

    protected static Workload workload(String name, String ip) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", name), "shop", name)
                .serviceAccount(name)
                .addresses(List.of(IpAddress.of(ip)))
                .tunnelProtocol(TunnelProtocol.HBONE)
                .node("node-1")
                .build();
    }

    protected static MeshChange upserted(String name, String ip) {
        return new MeshChange.WorkloadUpserted(workload(name, ip));
    }

    protected static MeshChange removed(String name) {
        return new MeshChange.WorkloadRemoved(WorkloadUid.ofPod("Kubernetes", "shop", name));
    }

    protected static MeshChange service(String name) {
        return new MeshChange.ServiceUpserted(MeshService.plain(
                new NamespacedHostname("shop", name + ".shop.svc.cluster.local"),
                name,
                List.of(),
                List.of(new ServicePort(80, 8080, AppProtocol.HTTP11))));
    }

    static MeshChange policy(String name) {
        return new MeshChange.PolicyUpserted(new AuthorizationPolicy(
                new PolicyName("shop", name),
                AuthorizationPolicy.Scope.NAMESPACE,
                AuthorizationPolicy.Action.DENY,
                false,
                List.of()));
    }

    @Test
    void bringsEverythingThereIsAndThenSaysSo() {
        var feed = new FakeMeshFeed();
        feed.publish(policy("deny"), service("cart"), upserted("cart-0", "10.0.0.1"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();
            listener.awaitConnected(true, 1);

            assertThat(listener.changes())
                    .containsExactlyInAnyOrder(policy("deny"), service("cart"), upserted("cart-0", "10.0.0.1"));
            List<Event> beforeSynced =
                    listener.events().subList(0, listener.events().indexOf(new Event.Synced()));
            assertThat(beforeSynced).filteredOn(Event.Changed.class::isInstance).isNotEmpty();
        }
    }

    @Test
    void isInSyncWithAnEmptyMesh() {
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(new FakeMeshFeed());
                var client = controlPlane.client()) {
            client.start(listener);

            listener.awaitSynced();

            assertThat(listener.changes()).isEmpty();
        }
    }

    @Test
    void bringsChangesInOrderOneCallAtATime() {
        var feed = new FakeMeshFeed();
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();

            feed.publish(upserted("a", "10.0.0.1"));
            listener.awaitChange(upserted("a", "10.0.0.1"));
            feed.publish(upserted("a", "10.0.0.2"), service("cart"));
            listener.awaitChange(upserted("a", "10.0.0.2"));
            listener.awaitChange(service("cart"));
            feed.publish(removed("a"));
            listener.awaitChange(removed("a"));

            assertThat(listener.changes())
                    .filteredOn(change -> !change.equals(service("cart")))
                    .containsExactly(upserted("a", "10.0.0.1"), upserted("a", "10.0.0.2"), removed("a"));
            assertThat(listener.overlapped()).isFalse();
        }
    }

    @Test
    void bringsAPolicyBeforeTheWorkloadThatNamesIt() {
        var feed = new FakeMeshFeed();
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();

            feed.publish(upserted("a", "10.0.0.1"), policy("deny"));
            listener.awaitChange(upserted("a", "10.0.0.1"));

            assertThat(listener.changes()).containsExactly(policy("deny"), upserted("a", "10.0.0.1"));
        }
    }

    @Test
    void takesAPolicyAwayAfterTheWorkloadThatNamedIt() {
        var feed = new FakeMeshFeed();
        feed.publish(upserted("a", "10.0.0.1"), policy("deny"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();
            var policyGone = new MeshChange.PolicyRemoved(new PolicyName("shop", "deny"));

            feed.publish(policyGone, removed("a"));
            listener.awaitChange(policyGone);

            assertThat(listener.changes()).endsWith(removed("a"), policyGone);
        }
    }

    @Test
    void refusesABadResourceAndKeepsTheOthersOfItsPush() {
        var feed = new FakeMeshFeed();
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();

            feed.publish(
                    upserted("a", "10.0.0.1"), new MeshChange.WorkloadUpserted(unusable()), upserted("b", "10.0.0.2"));
            listener.awaitChange(upserted("b", "10.0.0.2"));
            feed.publish(upserted("c", "10.0.0.3"));
            listener.awaitChange(upserted("c", "10.0.0.3"));

            assertThat(listener.changes())
                    .containsExactlyInAnyOrder(
                            upserted("a", "10.0.0.1"), upserted("b", "10.0.0.2"), upserted("c", "10.0.0.3"));
            assertThat(listener.events())
                    .noneMatch(event -> event instanceof Event.Connected(boolean up, String _) && !up);
        }
    }

    @Test
    void bringsAfterADisconnectionOnlyWhatChangedMeanwhile() {
        var feed = new FakeMeshFeed();
        feed.publish(policy("deny"), upserted("stays", "10.0.0.1"), upserted("goes", "10.0.0.2"));
        feed.publish(upserted("changes", "10.0.0.3"), service("cart"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var client = controlPlane.client()) {
            client.start(listener);
            listener.awaitSynced();
            listener.awaitConnected(true, 1);
            int before = listener.changes().size();

            controlPlane.disconnect();
            listener.awaitConnected(false, 1);
            feed.publish(removed("goes"), upserted("changes", "10.0.0.4"), upserted("new", "10.0.0.5"));
            controlPlane.reconnect();
            listener.awaitConnected(true, 2);

            List<MeshChange> all = listener.changes();
            assertThat(all.subList(before, all.size()))
                    .containsExactlyInAnyOrder(
                            removed("goes"), upserted("changes", "10.0.0.4"), upserted("new", "10.0.0.5"));
            assertThat(listener.events())
                    .filteredOn(Event.Synced.class::isInstance)
                    .hasSize(1);
        }
    }

    @Test
    void findsAControlPlaneThatComesUpLater() {
        var feed = new FakeMeshFeed();
        feed.publish(upserted("a", "10.0.0.1"));
        var listener = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed)) {
            controlPlane.disconnect();
            try (var client = controlPlane.client()) {
                client.start(listener);
                listener.awaitConnected(false, 1);

                controlPlane.reconnect();

                listener.awaitSynced();
            }
        }
    }

    @Test
    void tellsNothingAfterItIsClosed() {
        var feed = new FakeMeshFeed();
        var listener = new RecordingDiscoveryListener();
        var other = new RecordingDiscoveryListener();
        try (var controlPlane = serve(feed);
                var witness = controlPlane.client()) {
            var client = controlPlane.client();
            client.start(listener);
            witness.start(other);
            listener.awaitSynced();
            other.awaitSynced();

            client.close();
            int told = listener.events().size();
            feed.publish(upserted("a", "10.0.0.1"));
            other.awaitChange(upserted("a", "10.0.0.1"));

            assertThat(listener.events()).hasSize(told);
        }
    }
}

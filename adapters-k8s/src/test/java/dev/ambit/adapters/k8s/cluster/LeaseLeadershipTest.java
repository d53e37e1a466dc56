package dev.ambit.adapters.k8s.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One leads, and when it is gone another does. */
@Timeout(120)
class LeaseLeadershipTest {
    private final TestCluster cluster = TestCluster.shared();
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

    @BeforeAll
    static void server() {
        TestCluster.shared().close();
    }

    @AfterEach
    void close() {
        cluster.admin().leases().inNamespace("istio-system").delete();
        cluster.close();
    }

    private LeaseLeadership candidate(String identity, ClusterConnection connection) {
        var terms = new LeaseTerms("istio-system", "test", identity, Duration.ofSeconds(3), Duration.ofMillis(300));
        var candidate = new LeaseLeadership(connection, terms, new LeaseLeadership.Listener() {
            @Override
            public void leads() {
                news.add(identity + " leads");
            }

            @Override
            public void leadsNoMore() {
                news.add(identity + " ends");
            }
        });
        candidate.start();
        cluster.closeLater(candidate);
        return candidate;
    }

    private @Nullable String next() {
        try {
            return news.poll(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void whoLeavesMakesRoomAtOnce() {
        LeaseLeadership first = candidate("first", cluster.controlPlane());
        assertThat(next()).isEqualTo("first leads");
        LeaseLeadership second = candidate("second", cluster.controlPlane());

        first.close();

        assertThat(next()).isEqualTo("first ends");
        assertThat(next()).isEqualTo("second leads");
        assertThat(second.isLeading()).isTrue();
        assertThat(first.isLeading()).isFalse();
    }

    @Test
    void whoIsKilledIsFollowedWhenItsLeaseHasRunOut() {
        ClusterConnection doomed = cluster.controlPlane();
        LeaseLeadership first = candidate("first", doomed);
        assertThat(next()).isEqualTo("first leads");
        candidate("second", cluster.controlPlane());

        // No more renewals, and no chance to give the lease back.
        doomed.close();

        assertThat(next()).isEqualTo("first ends");
        assertThat(next()).isEqualTo("second leads");
        assertThat(first.isLeading()).isFalse();
    }
}

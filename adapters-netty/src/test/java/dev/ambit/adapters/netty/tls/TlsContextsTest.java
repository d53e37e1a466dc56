package dev.ambit.adapters.netty.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.Revocations;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.credentials.WorkloadCertificate;
import dev.ambit.ports.transport.TlsPolicy;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsContextsTest {
    private static final SpiffeId IDENTITY = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final int RENEWALS = 20;

    private final TestPki pki = new TestPki();
    private final TlsContexts contexts = new TlsContexts(Duration.ofSeconds(1), TlsPolicy.ISTIO, Revocations.none());

    @Test
    void sameCertificateSharesItsContexts() throws SSLException {
        WorkloadCertificate certificate = pki.issue(IDENTITY);
        assertThat(contexts.contexts(certificate)).isSameAs(contexts.contexts(certificate));
    }

    /** A phantom is queued after finalization, which is when Netty frees BoringSSL's memory. */
    @Test
    void contextsOfReplacedCertificatesAreFreed() throws SSLException, InterruptedException {
        var freed = new ReferenceQueue<SslContext>();
        Set<PhantomReference<SslContext>> all = new HashSet<>();
        for (int i = 0; i < RENEWALS; i++) {
            renew(freed, all);
        }

        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (all.size() > 2 && System.nanoTime() < deadline) {
            System.gc();
            for (var one = freed.remove(100); one != null; one = freed.poll()) {
                all.remove(one);
            }
        }
        assertThat(all).as("contexts alive but the newest certificate's two").hasSize(2);
    }

    /** In a frame of its own, so that nothing stays reachable from the stack. */
    private void renew(ReferenceQueue<SslContext> freed, Set<PhantomReference<SslContext>> all) throws SSLException {
        WorkloadCertificate certificate = pki.issue(IDENTITY);
        contexts.accept(new EmbeddedChannel().pipeline(), certificate);
        contexts.client(certificate, Set.of(IDENTITY), UnpooledByteBufAllocator.DEFAULT);
        TlsContexts.Contexts built = contexts.contexts(certificate);
        all.add(new PhantomReference<>(built.server(), freed));
        all.add(new PhantomReference<>(built.client(), freed));
    }
}

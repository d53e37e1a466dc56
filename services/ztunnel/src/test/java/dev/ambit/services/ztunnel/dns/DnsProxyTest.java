package dev.ambit.services.ztunnel.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.dns.DnsName;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.domain.dns.DnsQuery;
import dev.ambit.domain.dns.DnsReply;
import dev.ambit.domain.dns.NameExpansion;
import dev.ambit.domain.dns.NameResolver;
import dev.ambit.domain.dns.RecordType;
import dev.ambit.domain.dns.SearchDomains;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.workload.CanonicalService;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import dev.ambit.ports.dns.DnsClient;
import dev.ambit.ports.dns.DnsUpstreamException;
import dev.ambit.ports.podnetwork.FakeNetworkNamespace;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Histogram;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import dev.ambit.services.ztunnel.mesh.CurrentMesh;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DnsProxyTest {
    private static final PodRef POD = new PodRef("uid", "shop", "cart", "cart");
    private static final IpPort FIRST = IpPort.of("10.96.0.10", 53);
    private static final IpPort SECOND = IpPort.of("10.96.0.11", 53);

    private final FakeDnsServer server = new FakeDnsServer();
    private final FakeDnsUpstream upstream = new FakeDnsUpstream();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final CurrentMesh mesh = new CurrentMesh();

    private DnsProxy.ServedNames serve(IpPort... nameservers) {
        var options = DnsProxyOptions.of(Optional.empty(), 15_053, true, List.of());
        var expansion = new NameExpansion("cluster.local", new SearchDomains.OfNamespace());
        var proxy = new DnsProxy(
                server,
                options,
                new NameResolver(expansion, "", true, new Random(1)),
                new Forwarding(upstream, List.of(nameservers), new Random(2)),
                mesh,
                telemetry,
                Duration.ofSeconds(20));
        return proxy.serve(POD, new FakeNetworkNamespace(7));
    }

    private void know() {
        mesh.changed(List.of(
                new MeshChange.WorkloadUpserted(
                        Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", "cart"), "shop", "cart")
                                .serviceAccount("cart")
                                .canonical(new CanonicalService("cart-app", "v3"))
                                .build()),
                new MeshChange.ServiceUpserted(MeshService.plain(
                        new NamespacedHostname("shop", "stock.shop.svc.cluster.local"),
                        "stock",
                        List.of(new VirtualAddress("", Cidr.host(IpAddress.of("10.0.0.9")))),
                        List.of()))));
    }

    private CompletableFuture<Optional<byte[]>> ask(DnsProtocol protocol, DnsQuery query) {
        return server.served.getLast().send(protocol, query.bytes());
    }

    private byte[] answer(DnsQuery query) {
        return ask(DnsProtocol.UDP, query).join().orElseThrow();
    }

    private static double counted(RecordingTelemetry telemetry, Counter counter, String type, String protocol) {
        return telemetry.counted(counter, type, protocol, "cart-app", "v3");
    }

    @Test
    void listensOnLoopbackInThePod() {
        serve(FIRST);

        assertThat(server.served.getLast().binding.addresses())
                .extracting(IpAddress::of)
                .containsExactly(IpAddress.of("127.0.0.1"), IpAddress.of("::1"));
        assertThat(server.served.getLast().binding.port()).isEqualTo(15_053);
    }

    @Test
    void listensWhereTheOperatorSays() {
        var options =
                DnsProxyOptions.of(Optional.of(IpAddress.of("10.1.1.1")), 53, true, List.of(IpAddress.of("1.1.1.1")));

        assertThat(options.addresses()).extracting(IpAddress::of).containsExactly(IpAddress.of("10.1.1.1"));
        assertThat(options.nameservers()).containsExactly(IpPort.of("1.1.1.1", 53));
        assertThat(DnsProxyOptions.of(Optional.empty(), 53, false, List.of()).addresses())
                .extracting(IpAddress::of)
                .containsExactly(IpAddress.of("127.0.0.1"));
    }

    @ParameterizedTest
    @EnumSource
    void namesOfTheMeshAreAnsweredAtOnce(DnsProtocol protocol) {
        know();
        serve(FIRST);
        DnsQuery query = DnsClient.query("stock", RecordType.A);
        byte[] reply = ask(protocol, query).join().orElseThrow();

        assertThat(DnsReply.addresses(query, reply, IpAddress.Family.IPV4)).containsExactly(IpAddress.of("10.0.0.9"));
        assertThat(upstream.asked).isEmpty();
        assertThat(counted(telemetry, Counter.DNS_REQUESTS, "a", protocol.label()))
                .isEqualTo(1);
        assertThat(counted(telemetry, Counter.DNS_UPSTREAM_REQUESTS, "a", protocol.label()))
                .isZero();
    }

    @Test
    void noAddressOfTheFamilyIsSuccessWithoutRecords() {
        know();
        serve(FIRST);
        byte[] reply = answer(DnsClient.query("stock", RecordType.AAAA));

        assertThat(DnsReply.code(reply)).isZero();
        assertThat(DnsReply.answerCount(reply)).isZero();
        assertThat(upstream.asked).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void otherNamesAreForwardedUnderAnotherId(DnsProtocol protocol) {
        know();
        serve(FIRST);
        DnsQuery query = DnsClient.query("www.bing.com", RecordType.A);
        var reply = ask(protocol, query);

        assertThat(reply).isNotDone();
        assertThat(upstream.last().server()).isEqualTo(FIRST);
        assertThat(upstream.last().protocol()).isEqualTo(protocol);
        assertThat(upstream.last().query().id()).isNotEqualTo(query.id());
        upstream.answerWith(3);
        assertThat(query.isAnsweredBy(reply.join().orElseThrow())).isTrue();
        assertThat(DnsReply.code(reply.join().orElseThrow())).isEqualTo(3);
        assertThat(counted(telemetry, Counter.DNS_UPSTREAM_REQUESTS, "a", protocol.label()))
                .isEqualTo(1);
        assertThat(counted(telemetry, Counter.DNS_UPSTREAM_FAILURES, "a", protocol.label()))
                .isZero();
        assertThat(telemetry.observed(Histogram.DNS_UPSTREAM_DURATION, "a", protocol.label(), "cart-app", "v3"))
                .isEqualTo(1);
    }

    @Test
    void whatIsNotAnAddressIsForwarded() {
        know();
        serve(FIRST);
        var reply = ask(DnsProtocol.UDP, DnsClient.query("stock", 16));
        upstream.answerWith(0);

        assertThat(reply).isCompleted();
        assertThat(counted(telemetry, Counter.DNS_UPSTREAM_REQUESTS, "txt", "udp"))
                .isEqualTo(1);
    }

    @Test
    void aServerThatFailsIsFollowedByTheNextAndNotPreferredAnyMore() {
        know();
        serve(FIRST, SECOND);
        var reply = ask(DnsProtocol.UDP, DnsClient.query("www.bing.com", RecordType.A));
        upstream.last().reply().completeExceptionally(new DnsUpstreamException("the test's failure"));
        assertThat(upstream.last().server()).isEqualTo(SECOND);
        upstream.answerWith(0);
        assertThat(DnsReply.code(reply.join().orElseThrow())).isZero();

        var _ = ask(DnsProtocol.UDP, DnsClient.query("www.bing.com", RecordType.A));
        assertThat(upstream.last().server()).isEqualTo(SECOND);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void aServerThatEvadesIsFollowedByTheNextWhoseWordIsPassedOn(int code) {
        know();
        serve(FIRST, SECOND);
        var reply = ask(DnsProtocol.UDP, DnsClient.query("www.bing.com", RecordType.A));
        upstream.answerWith(code);
        upstream.answerWith(code);

        assertThat(upstream.asked).extracting(FakeDnsUpstream.Asked::server).containsExactly(FIRST, SECOND);
        assertThat(DnsReply.code(reply.join().orElseThrow())).isEqualTo(code);
    }

    @Test
    void whenNobodyAnswersTheClientHearsSoBeforeItGivesUp() {
        know();
        serve(FIRST);
        var reply = ask(DnsProtocol.UDP, DnsClient.query("www.bing.com", RecordType.A));
        upstream.last().reply().completeExceptionally(new DnsUpstreamException("the test's failure"));
        upstream.last().reply().completeExceptionally(new DnsUpstreamException("the test's failure"));

        assertThat(DnsReply.code(reply.join().orElseThrow())).isEqualTo(2);
        assertThat(upstream.asked).hasSize(2);
        assertThat(upstream.asked.stream()
                        .mapToLong(asked -> asked.timeout().toMillis())
                        .sum())
                .isLessThan(5000);
        assertThat(counted(telemetry, Counter.DNS_UPSTREAM_FAILURES, "a", "udp"))
                .isEqualTo(1);
    }

    @Test
    void withoutNameServersTheAnswerIsAFailure() {
        know();
        serve();

        assertThat(DnsReply.code(answer(DnsClient.query("www.bing.com", RecordType.A))))
                .isEqualTo(2);
    }

    @Test
    void anUnknownPodWaitsToBecomeKnown() {
        serve(FIRST);
        DnsQuery query = DnsClient.query("stock", RecordType.A);
        var reply = ask(DnsProtocol.UDP, query);
        assertThat(reply).isNotDone();
        know();

        assertThat(DnsReply.addresses(query, reply.join().orElseThrow(), IpAddress.Family.IPV4))
                .hasSize(1);
    }

    @Test
    void aPodThatStaysUnknownIsToldNothing() {
        var options = DnsProxyOptions.of(Optional.empty(), 15_053, true, List.of());
        var expansion = new NameExpansion("cluster.local", new SearchDomains.OfNamespace());
        new DnsProxy(
                        server,
                        options,
                        new NameResolver(expansion, "", true, new Random(1)),
                        new Forwarding(upstream, List.of(FIRST), new Random(2)),
                        mesh,
                        telemetry,
                        Duration.ofMillis(1))
                .serve(POD, new FakeNetworkNamespace(7));

        assertThat(DnsReply.code(answer(DnsClient.query("stock", RecordType.A))))
                .isEqualTo(2);
        assertThat(upstream.asked).isEmpty();
        assertThat(telemetry.counted(Counter.DNS_REQUESTS, "a", "udp", "unknown", "unknown"))
                .isEqualTo(1);
    }

    @Test
    void aQuestionThatComesBackToUsEndsThere() {
        know();
        serve(FIRST);
        var reply = ask(DnsProtocol.UDP, DnsClient.query("www.bing.com", RecordType.A));
        byte[] returned = ask(DnsProtocol.UDP, upstream.last().query()).join().orElseThrow();

        assertThat(DnsReply.code(returned)).isEqualTo(2);
        assertThat(upstream.asked).hasSize(1);
        upstream.answerWith(0);
        assertThat(reply).isCompleted();
    }

    @Test
    void onePodCannotTakeEverySocket() {
        know();
        serve(FIRST);
        for (int i = 0; i < Forwarding.PENDING_PER_POD_MAX; i++) {
            assertThat(ask(DnsProtocol.UDP, DnsClient.query("a-name-with-many-letters.example.com", RecordType.A)))
                    .isNotDone();
        }
        assertThat(DnsReply.code(answer(DnsClient.query("a-name-with-many-letters.example.com", RecordType.A))))
                .isEqualTo(2);
        upstream.asked.forEach(asked -> asked.reply().complete(asked.query().bytes()));

        assertThat(ask(DnsProtocol.UDP, DnsClient.query("a-name-with-many-letters.example.com", RecordType.A)))
                .isNotDone();
    }

    @Test
    void garbageIsRefusedOrIgnored() {
        know();
        serve(FIRST);

        assertThat(server.served.getLast().send(DnsProtocol.UDP, new byte[5]).join())
                .isEmpty();
        byte[] reply = server.served
                .getLast()
                .send(DnsProtocol.UDP, new byte[12])
                .join()
                .orElseThrow();
        assertThat(DnsReply.code(reply)).isEqualTo(1);
    }

    @Test
    void namesAreResolvedForOtherPartsAsForThePodItself() {
        know();
        DnsProxy.ServedNames names = serve(FIRST);

        assertThat(names.addressOf("stock", IpAddress.Family.IPV4)
                        .toCompletableFuture()
                        .join())
                .contains(IpAddress.of("10.0.0.9"));
        assertThat(names.addressOf("stock", IpAddress.Family.IPV6)
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        assertThat(names.addressOf("not a name", IpAddress.Family.IPV4)
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        var foreign = names.addressOf("www.bing.com", IpAddress.Family.IPV4).toCompletableFuture();
        upstream.answerWith(3);
        assertThat(foreign.join()).isEmpty();
        assertThat(new DnsName("WWW.Bing.com.")).isEqualTo(new DnsName("www.bing.com"));
    }
}

package dev.ambit.adapters.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.adapters.telemetry.log.LogOutput;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.FlowReport;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.RefusalReason;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.workload.Locality;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.FlowPath;
import dev.ambit.ports.telemetry.FlowTelemetry.FlowProgress;
import dev.ambit.ports.telemetry.FlowTelemetry.OpenFlow;
import dev.ambit.ports.telemetry.Flows;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Histogram;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ScrapeTest {
    private static final String TRAFFIC = """
            reporter="source",source_workload="cart",source_canonical_service="cart-svc",\
            source_canonical_revision="v1",source_workload_namespace="shop",\
            source_principal="spiffe://cluster.local/ns/shop/sa/cart",source_app="cart-svc",source_version="v1",\
            source_cluster="Kubernetes",destination_service="bank.money.svc.cluster.local",\
            destination_service_namespace="money",destination_service_name="bank",destination_workload="bank",\
            destination_canonical_service="bank-svc",destination_canonical_revision="v2",\
            destination_workload_namespace="money",destination_principal="spiffe://cluster.local/ns/money/sa/bank",\
            destination_app="bank-svc",destination_version="v2",destination_cluster="Kubernetes",\
            request_protocol="tcp",response_flags="FLAG",connection_security_policy="mutual_tls",source_region="eu",\
            source_zone="eu-a",destination_region="us",destination_zone="us-b\"""";

    private static final String EXPOSITION = """
            # HELP process_open_fds Number of open file descriptors
            # TYPE process_open_fds gauge
            process_open_fds N
            # HELP process_max_fds Maximum number of file descriptors
            # TYPE process_max_fds gauge
            process_max_fds N
            # HELP istio_build Istio component build info.
            # TYPE istio_build gauge
            istio_build{component="ztunnel",tag="1.2.3"} 1
            # HELP istio_tcp_connections_opened The total number of TCP connections opened.
            # TYPE istio_tcp_connections_opened counter
            istio_tcp_connections_opened_total{<->} 1
            # HELP istio_tcp_connections_closed The total number of TCP connections closed.
            # TYPE istio_tcp_connections_closed counter
            istio_tcp_connections_closed_total{<CONNECT>} 1
            # HELP istio_tcp_received_bytes The size of total bytes received during request in case of a TCP connection.
            # TYPE istio_tcp_received_bytes counter
            istio_tcp_received_bytes_total{<->} 100
            # HELP istio_tcp_sent_bytes The size of total bytes sent during response in case of a TCP connection.
            # TYPE istio_tcp_sent_bytes counter
            istio_tcp_sent_bytes_total{<->} 2000
            # HELP istio_tcp_connections_failed The total number of TCP connections that failed to establish (unstable).
            # TYPE istio_tcp_connections_failed counter
            istio_tcp_connections_failed_total{<CONNECT>} 1
            # HELP istio_tcp_sockets_open The current number of open TCP sockets (unstable).
            # TYPE istio_tcp_sockets_open gauge
            istio_tcp_sockets_open{reporter="source"} 1
            # HELP ambit_connections_refused Connections refused or ended on purpose, by reason.
            # TYPE ambit_connections_refused counter
            ambit_connections_refused_total{reporter="source",reason="recursive_call"} 1
            # HELP istio_xds_message_bytes Total number of bytes received (unstable).
            # TYPE istio_xds_message_bytes counter
            istio_xds_message_bytes_total{url="type"} 7
            # HELP workload_manager_proxies_started The total number of proxies that were started (unstable).
            # TYPE workload_manager_proxies_started counter
            workload_manager_proxies_started_total 1
            # HELP istio_dns_upstream_request_duration_seconds Total time in seconds Istio takes to get DNS response from upstream (unstable).
            # TYPE istio_dns_upstream_request_duration_seconds histogram
            istio_dns_upstream_request_duration_seconds_sum{<dns>} 0.0625
            istio_dns_upstream_request_duration_seconds_count{<dns>} 1
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="5.0E-4"} 0
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="0.001"} 0
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="0.01"} 0
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="0.1"} 1
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="1.0"} 1
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="5.0"} 1
            istio_dns_upstream_request_duration_seconds_bucket{<dns>,le="+Inf"} 1
            # HELP workload_manager_active_proxy_count The total number current workloads with active proxies (unstable).
            # TYPE workload_manager_active_proxy_count gauge
            workload_manager_active_proxy_count 3
            # EOF
            """;

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry("ztunnel", "1.2.3");

    /** Names, help, order of labels and form of numbers are as a running ztunnel of Istio writes them. */
    @Test
    void theWholeExpositionIsAsWritten() {
        FlowContext context = Flows.tunnel(Reporter.SOURCE);
        telemetry.socketOpened(Reporter.SOURCE);
        over(Flows.over(
                context, new FlowOutcome.Refused(new RefusalReason.RecursiveCall(IpPort.of("10.0.0.1", 15001)))));
        telemetry.add(Counter.XDS_MESSAGE_BYTES, 7, "type");
        telemetry.increment(Counter.PROXIES_STARTED);
        telemetry.observe(Histogram.DNS_UPSTREAM_DURATION, 0.0625, "A", "udp", "cart", "v1");
        telemetry.gauge(Gauge.ACTIVE_PROXIES, () -> 3);

        String body = telemetry.scrape("").body().replaceAll("(process_[a-z_]+) [1-9][0-9]*", "$1 N");
        String dns = "request_query_type=\"A\",request_protocol=\"udp\",source_canonical_service=\"cart\","
                + "source_canonical_revision=\"v1\"";
        assertThat(body)
                .isEqualTo(EXPOSITION
                        .replace("<CONNECT>", TRAFFIC.replace("FLAG", "CONNECT"))
                        .replace("<->", TRAFFIC.replace("FLAG", "-"))
                        .replace("<dns>", dns)
                        .replace("5.0E-4", "0.0005"));
    }

    @Test
    void oneKnownEndHasTheLocalityOfBoth() {
        open(from("cart"));

        assertThat(telemetry.scrape("").body())
                .contains("source_region=\"unknown\",source_zone=\"unknown\",destination_region=\"unknown\","
                        + "destination_zone=\"unknown\"}");
    }

    @Test
    void anEndKnownFromBaggageIsCalledByItsWorkload() {
        var party = new Party("cart", "", "shop", "cart-svc", "v1", "Kubernetes", "", Locality.UNKNOWN);
        FlowContext unknown = Flows.unknown(Reporter.DESTINATION);
        open(new FlowContext(
                Reporter.DESTINATION,
                party,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                unknown.client(),
                unknown.target(),
                "",
                true));

        assertThat(telemetry.scrape("").body())
                .contains("source_canonical_service=\"cart-svc\"")
                .contains("source_app=\"cart\"");
    }

    @Test
    void refusalsAreCountedByAFewWords() {
        for (int port = 1; port <= 3; port++) {
            var reason = new RefusalReason.NoHealthyUpstream("host" + port, port);
            over(Flows.over(Flows.unknown(Reporter.DESTINATION), new FlowOutcome.Refused(reason)));
        }

        assertThat(telemetry.scrape("").body())
                .contains(
                        "ambit_connections_refused_total{reporter=\"destination\",reason=\"no_healthy_upstream\"} 3\n");
    }

    @Test
    void connectionsWithinTheNodeAreCountedApartToo() {
        telemetry.opened(Flows.tunnel(Reporter.SOURCE), FlowPath.SAME_NODE, FlowProgress.NONE);
        open(Flows.tunnel(Reporter.SOURCE));

        assertThat(telemetry.scrape("").body()).contains("ambit_same_node_connections_total 1\n");
    }

    @Test
    void missingValuesAreUnknownAndUnknownEndsHaveNoLocality() {
        open(Flows.unknown(Reporter.DESTINATION));

        var sample = Samples.parse(telemetry.scrape("").body()).values().keySet().stream()
                .filter(each -> each.name().equals("istio_tcp_connections_opened_total"))
                .findFirst()
                .orElseThrow();
        assertThat(sample.labels())
                .hasSize(23)
                .containsEntry("reporter", "destination")
                .containsEntry("request_protocol", "tcp")
                .containsEntry("response_flags", "-")
                .doesNotContainKeys("source_region", "source_zone", "destination_region", "destination_zone");
        assertThat(sample.labels().values().stream().filter("unknown"::equals)).hasSize(20);
    }

    @Test
    void openMetricsIsServedToThoseWhoAsk() {
        open(Flows.tunnel(Reporter.SOURCE));
        Exposition open = telemetry.scrape("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3");
        Exposition plain = telemetry.scrape("text/plain, */*");

        assertThat(open.contentType()).isEqualTo("application/openmetrics-text;charset=utf-8;version=1.0.0");
        assertThat(plain.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(telemetry
                        .scrape("application/json, APPLICATION/openmetrics-text; q=1")
                        .contentType())
                .isEqualTo(open.contentType());
        assertThat(open.body()).endsWith("# EOF\n").isEqualTo(plain.body());
    }

    @Test
    void longAndHostileValuesAreCutAndEscaped() {
        open(from("a".repeat(10_000)));
        open(from("x\"} 1\n\\"));

        Samples samples = Samples.parse(telemetry.scrape("").body());
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of("source_workload", "a".repeat(256))))
                .isEqualTo(1);
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of("source_workload", "x\\\"} 1\\n\\\\")))
                .isEqualTo(1);
    }

    @Test
    void tooManyLabelSetsShareOneSeries() {
        var small = new PrometheusTelemetry("ztunnel", "1", 2, LogOutput.standard());
        for (int i = 0; i < 5; i++) {
            FlowContext context = from("w" + i);
            small.opened(context, FlowProgress.NONE).closed(Flows.over(context, new FlowOutcome.Completed()));
        }
        Samples samples = Samples.parse(small.scrape("").body());
        var overflow = Map.of("source_workload", "unknown", "reporter", "source");

        assertThat(samples.sum("istio_tcp_connections_opened_total", overflow)).isEqualTo(3);
        assertThat(samples.sum("istio_tcp_connections_closed_total", overflow)).isEqualTo(3);
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of())).isEqualTo(5);
        assertThat(samples.sum("ambit_telemetry_overflows_total", Map.of())).isEqualTo(3);
    }

    @Test
    void podsOfOneWorkloadShareASeries() {
        FlowContext one = Flows.tunnel(Reporter.SOURCE);
        Party other = new Party(
                "cart",
                "cart-2",
                "shop",
                "cart-svc",
                "v1",
                "Kubernetes",
                one.source().identity(),
                one.source().locality());
        open(one);
        open(new FlowContext(
                Reporter.SOURCE,
                other,
                one.destination(),
                one.service(),
                one.client(),
                one.target(),
                one.hboneAuthority(),
                true));

        assertThat(Samples.parse(telemetry.scrape("").body()).values()).containsValue(2.0);
    }

    @Test
    void madeUpLabelValuesOfOtherCountersBecomeOther() {
        for (int i = 0; i < 1_500; i++) {
            telemetry.increment(Counter.XDS_MESSAGES, "type" + i);
        }
        assertThat(Samples.parse(telemetry.scrape("").body()).sum("istio_xds_message_total", Map.of("url", "other")))
                .isEqualTo(500);
    }

    private OpenFlow open(FlowContext context) {
        return telemetry.opened(context, FlowProgress.NONE);
    }

    private void over(FlowReport report) {
        open(report.context()).closed(report);
    }

    private static FlowContext from(String workload) {
        var party = new Party(workload, "", "ns", "", "", "", "", Locality.UNKNOWN);
        FlowContext unknown = Flows.unknown(Reporter.SOURCE);
        return new FlowContext(
                Reporter.SOURCE,
                party,
                Party.UNKNOWN,
                ServiceParty.UNKNOWN,
                unknown.client(),
                unknown.target(),
                "",
                false);
    }
}

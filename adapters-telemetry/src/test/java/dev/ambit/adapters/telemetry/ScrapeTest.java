package dev.ambit.adapters.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.flow.FlowContext;
import dev.ambit.domain.flow.FlowOutcome;
import dev.ambit.domain.flow.Party;
import dev.ambit.domain.flow.Reporter;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.domain.flow.ServiceParty;
import dev.ambit.domain.workload.Locality;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Flows;
import dev.ambit.ports.telemetry.Gauge;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ScrapeTest {
    private static final String TRAFFIC = """
            connection_security_policy="mutual_tls",destination_app="bank-svc",\
            destination_canonical_revision="v2",destination_canonical_service="bank-svc",\
            destination_cluster="Kubernetes",destination_principal="spiffe://cluster.local/ns/money/sa/bank",\
            destination_region="us",destination_service="bank.money.svc.cluster.local",\
            destination_service_name="bank",destination_service_namespace="money",destination_version="v2",\
            destination_workload="bank",destination_workload_namespace="money",destination_zone="us-b",\
            reporter="source",request_protocol="tcp",response_flags="FLAG",source_app="cart-svc",\
            source_canonical_revision="v1",source_canonical_service="cart-svc",source_cluster="Kubernetes",\
            source_principal="spiffe://cluster.local/ns/shop/sa/cart",source_region="eu",source_version="v1",\
            source_workload="cart",source_workload_namespace="shop",source_zone="eu-a\"""";

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry("ztunnel", "1.2.3");

    @Test
    void theWholeExpositionIsAsWritten() {
        FlowContext context = Flows.tunnel(Reporter.SOURCE);
        telemetry.opened(context);
        telemetry.closed(Flows.over(context, new FlowOutcome.Failed(ResponseFlag.DENY, "no")));
        telemetry.add(Counter.XDS_MESSAGE_BYTES, 7, "type");
        telemetry.increment(Counter.PROXIES_STARTED);
        telemetry.gauge(Gauge.ACTIVE_PROXIES, () -> 3);

        assertThat(telemetry.scrape("").body()).isEqualTo("""
                # HELP ambit_connections_rejected_total Connections that failed before there was anything to plan
                # TYPE ambit_connections_rejected_total counter
                ambit_connections_rejected_total{reporter="destination"} 0.0
                ambit_connections_rejected_total{reporter="source"} 0.0
                # HELP ambit_telemetry_overflows_total Events counted in a shared series, for want of another
                # TYPE ambit_telemetry_overflows_total counter
                ambit_telemetry_overflows_total 0.0
                # HELP istio_build What runs here
                # TYPE istio_build gauge
                istio_build{component="ztunnel",tag="1.2.3"} 1.0
                # HELP istio_tcp_connections_closed_total TCP connections closed
                # TYPE istio_tcp_connections_closed_total counter
                istio_tcp_connections_closed_total{<DENY>} 1.0
                # HELP istio_tcp_connections_failed_total TCP connections that did not end in order
                # TYPE istio_tcp_connections_failed_total counter
                istio_tcp_connections_failed_total{<DENY>} 1.0
                # HELP istio_tcp_connections_opened_total TCP connections opened
                # TYPE istio_tcp_connections_opened_total counter
                istio_tcp_connections_opened_total{<->} 1.0
                # HELP istio_tcp_received_bytes_total Bytes received from the initiators of TCP connections
                # TYPE istio_tcp_received_bytes_total counter
                istio_tcp_received_bytes_total{<->} 100.0
                # HELP istio_tcp_sent_bytes_total Bytes sent to the initiators of TCP connections
                # TYPE istio_tcp_sent_bytes_total counter
                istio_tcp_sent_bytes_total{<->} 2000.0
                # HELP istio_xds_message_bytes_total Bytes of discovery responses received, by type URL
                # TYPE istio_xds_message_bytes_total counter
                istio_xds_message_bytes_total{url="type"} 7.0
                # HELP workload_manager_active_proxy_count Pods this node proxy serves
                # TYPE workload_manager_active_proxy_count gauge
                workload_manager_active_proxy_count 3.0
                # HELP workload_manager_proxies_started_total Pods this node proxy began to serve
                # TYPE workload_manager_proxies_started_total counter
                workload_manager_proxies_started_total 1.0
                """.replace("<DENY>", TRAFFIC.replace("FLAG", "DENY"))
                .replace("<->", TRAFFIC.replace("FLAG", "-")));
    }

    @Test
    void missingValuesAreUnknownAndUnknownEndsHaveNoLocality() {
        telemetry.opened(Flows.unknown(Reporter.DESTINATION));

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
        telemetry.opened(Flows.tunnel(Reporter.SOURCE));
        Exposition open = telemetry.scrape("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3");
        Exposition plain = telemetry.scrape("text/plain, */*");

        assertThat(open.contentType()).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(open.body())
                .endsWith("# EOF\n")
                .contains("# TYPE istio_tcp_connections_opened counter")
                .contains("\nistio_tcp_connections_opened_total{")
                .doesNotContain("_total_total")
                .doesNotContain("_created");
        assertThat(plain.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(plain.body()).doesNotContain("# EOF").doesNotContain("_total_total");
    }

    @Test
    void longAndHostileValuesAreCutAndEscaped() {
        telemetry.opened(from("a".repeat(10_000)));
        telemetry.opened(from("x\"} 1\n\\"));

        Samples samples = Samples.parse(telemetry.scrape("").body());
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of("source_workload", "a".repeat(256))))
                .isEqualTo(1);
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of("source_workload", "x\\\"} 1\\n\\\\")))
                .isEqualTo(1);
    }

    @Test
    void tooManyLabelSetsShareOneSeries() {
        var small = new PrometheusTelemetry("ztunnel", "1", 2);
        for (int i = 0; i < 5; i++) {
            FlowContext context = from("w" + i);
            small.opened(context);
            small.closed(Flows.over(context, new FlowOutcome.Completed()));
        }
        Samples samples = Samples.parse(small.scrape("").body());
        var overflow = Map.of("source_workload", "unknown", "reporter", "source");

        assertThat(samples.sum("istio_tcp_connections_opened_total", overflow)).isEqualTo(3);
        assertThat(samples.sum("istio_tcp_connections_closed_total", overflow)).isEqualTo(3);
        assertThat(samples.sum("istio_tcp_connections_opened_total", Map.of())).isEqualTo(5);
        assertThat(samples.sum("ambit_telemetry_overflows_total", Map.of())).isEqualTo(6);
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
        telemetry.opened(one);
        telemetry.opened(new FlowContext(
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

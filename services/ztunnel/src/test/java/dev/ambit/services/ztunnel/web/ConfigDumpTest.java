package dev.ambit.services.ztunnel.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the admin server says about a small mesh. */
@Timeout(60)
final class ConfigDumpTest {
    private static final RunningServers SERVERS = new RunningServers();

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        SERVERS.start(folder);
    }

    @AfterAll
    static void stop() {
        SERVERS.close();
    }

    @Test
    void theConfigDumpHasTheKeysAndValuesThatIstioctlReads() throws Exception {
        HttpResponse<String> dump = SERVERS.get("ADMIN_PORT", "/config_dump");

        assertThat(dump.headers().firstValue("content-type").orElseThrow()).startsWith("application/json");
        String compact = dump.body().replaceAll("\\s+", "");
        assertThat(compact)
                .contains("\"policies\":[{\"name\":\"only-bank\",\"namespace\":\"shop\",\"scope\":\"WorkloadSelector\","
                        + "\"action\":\"Allow\",\"rules\":[[[{\"serviceAccounts\":[{")
                .contains("\"principals\":[{\"Suffix\":\"/ns/bank/sa/*x\"}],\"notPrincipals\":[{\"Presence\":[]}],"
                        + "\"sourceIps\":[\"10.0.0.0/8\"],\"destinationPorts\":[8080],\"notDestinationPorts\":[9999]}]]],"
                        + "\"dryRun\":false}]")
                .contains(
                        "\"services\":[{\"name\":\"cart\",\"namespace\":\"shop\",\"hostname\":\"cart.shop.svc.cluster.local\","
                                + "\"vips\":[\"/10.96.0.1\"],\"cidrVips\":[{\"network\":\"other\",\"cidr\":\"10.97.0.0/24\"}],"
                                + "\"ports\":{\"80\":8080},\"endpoints\":{\"Kubernetes//Pod/shop/cart-0\":{"
                                + "\"workloadUid\":\"Kubernetes//Pod/shop/cart-0\",\"port\":{\"80\":8080},\"status\":\"Healthy\"}},"
                                + "\"subjectAltNames\":[],\"canonical\":true,\"visibility\":\"Public\"}]")
                .contains(
                        "{\"workloadIps\":[\"10.0.0.2\"],\"networkGateway\":{\"destination\":\"defaultnw/127.0.0.11\","
                                + "\"hboneMtlsPort\":15008},\"protocol\":\"HBONE\",\"networkMode\":\"Standard\","
                                + "\"uid\":\"Kubernetes//Pod/shop/cart-0\",\"name\":\"cart-0\",\"namespace\":\"shop\","
                                + "\"trustDomain\":\"cluster.local\",\"serviceAccount\":\"default\",\"workloadName\":\"cart\","
                                + "\"workloadType\":\"pod\",\"canonicalName\":\"cart\",\"canonicalRevision\":\"v1\","
                                + "\"authorizationPolicies\":[\"shop/only-bank\"],\"status\":\"Healthy\","
                                + "\"clusterId\":\"Kubernetes\",\"services\":[\"shop/cart.shop.svc.cluster.local\"],\"capacity\":1}")
                .contains("\"stagedServices\":{}", "\"staticConfig\":{", "\"version\":{\"version\":", "\"config\":{")
                .contains("\"localNode\":\"n1\"", "\"selfTerminationDeadline\":{")
                .doesNotContain("hush");
    }

    @Test
    void aRefusedConnectionIsExplainedBeforeItIsMade() throws Exception {
        String json = SERVERS.get("ADMIN_PORT", "/explain?from=shop/client&to=cart.shop.svc.cluster.local&port=80")
                .body()
                .replaceAll("\\s+", " ");
        assertThat(json)
                .contains("\"outcome\" : \"denied\"")
                .contains("\"kind\" : \"service\"", "\"workload\" : \"shop/cart-0\"", "\"port\" : 8080")
                .contains("\"reason\" : \"policy_no_allow\"")
                .contains("\"field\" : \"serviceAccounts\"", "\"had\" : \"shop/default\"");

        HttpResponse<String> text =
                SERVERS.get("ADMIN_PORT", "/explain?from=shop/client&to=10.0.0.2&port=8080&format=text");
        assertThat(text.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
        assertThat(text.body())
                .startsWith("denied: no policy allows it, nearest shop/only-bank rule 1 clause 1: serviceAccounts has"
                        + " [bank/teller], connection has shop/default\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/explain, parameter port is ''",
        "/explain?from=shop/client&to=10.0.0.2&port=0, parameter port is '0'",
        "/explain?from=nobody&to=10.0.0.2&port=1, parameter from is 'nobody'",
        "/explain?from=shop/gone&to=10.0.0.2&port=1, parameter from is 'shop/gone'",
        "/explain?from=spiffe://x&to=10.0.0.2&port=1, parameter from is 'spiffe://x'",
        "/explain?from=shop/client&to=nowhere&port=1, parameter to is 'nowhere'",
        "/explain?from=shop/client&port=1, parameter to is ''",
        "/explain?from=shop/client&to=10.0.0.2&port=1&format=xml, parameter format is 'xml'"
    })
    void aBadQuestionIsToldWhatIsWrongWithIt(String path, String why) throws Exception {
        HttpResponse<String> response = SERVERS.get("ADMIN_PORT", path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith(why).contains("usage: GET /explain");
    }
}

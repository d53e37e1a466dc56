package dev.ambit.services.controlplane.issuing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ambit.domain.flow.TokenBucket;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.NodeCheck;
import dev.ambit.domain.issuing.NodeCheck.NodeProxyAccount;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.issuing.RequestFacts;
import dev.ambit.domain.issuing.ValidityRule;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.CertificateIssuing.Answer;
import dev.ambit.ports.ca.CertificateIssuing.Request;
import dev.ambit.ports.ca.SigningRequestReading;
import dev.ambit.ports.ca.SigningRequests;
import dev.ambit.ports.ca.TrustBundle;
import dev.ambit.ports.credentials.TestPki;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.RecordingTelemetry;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(20)
class IssueCertificatesTest {
    private static final SpiffeId ZTUNNEL = SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel");
    private static final SpiffeId CART = SpiffeId.of("spiffe://cluster.local/ns/shop/sa/cart");
    private static final SpiffeId BANK = SpiffeId.of("spiffe://cluster.local/ns/money/sa/bank");
    private static final Caller PROXY = new Caller(ZTUNNEL, "zt-1", "uid-zt", "n1");

    private static final ValidityRule VALIDITY = new ValidityRule(Duration.ofHours(2), Duration.ofHours(12));
    private static final PublicKey KEY = SigningRequests.ec("secp256r1").keys().getPublic();

    private static final TestPki PKI = new TestPki();

    private String token = "token-of-the-caller";
    private List<X509Certificate> chain = List.of();
    private String revocations = "";
    private CallerRates rates = CallerRates.usual(() -> 0);
    private SigningRequestReading.Reading reading = read(facts(true, List.of()));
    private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("audit");
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final NodeCheck check = new NodeCheck(
            Set.of(new NodeProxyAccount("istio-system", "ztunnel")),
            List.of(
                    pod("zt-1", "uid-zt", ZTUNNEL, "n1"),
                    pod("cart", "u1", CART, "n1"),
                    pod("bank", "u2", BANK, "n2")));
    private Function<CertificateAuthority.SigningRequest, CertificateAuthority.SigningResult> signing =
            request -> new CertificateAuthority.SigningResult.Signed(
                    List.of("leaf of " + request.identity(), "intermediate"),
                    "roots",
                    "5e71a1",
                    Instant.parse("2030-01-01T00:00:00Z"));

    private static PodRecord pod(String name, String uid, SpiffeId identity, String node) {
        return new PodRecord(new PodRef(uid, identity.namespace(), name, identity.serviceAccount()), identity, node);
    }

    private static List<X509Certificate> chainOf(SpiffeId identity) {
        return PKI.issue(identity).chain();
    }

    static RequestFacts facts(boolean proven, List<String> uris) {
        return new RequestFacts(RequestFacts.KeyKind.EC, 256, 0, true, proven, false, uris);
    }

    private static SigningRequestReading.Reading read(RequestFacts facts) {
        return new SigningRequestReading.Reading.Read(facts, KEY);
    }

    @BeforeEach
    void listen() {
        audit.start();
        logger.addAppender(audit);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(audit);
    }

    private Answer issue(CallerAuthentication.Result who, String wanted) {
        var authority = new CertificateAuthority() {
            @Override
            public SigningResult sign(SigningRequest request) {
                return signing.apply(request);
            }

            @Override
            public TrustBundle trustBundle() {
                return new TrustBundle("roots", revocations);
            }

            @Override
            public Optional<String> impediment() {
                return Optional.empty();
            }
        };
        return new IssueCertificates(_ -> who, () -> check, _ -> reading, VALIDITY, authority, rates, telemetry)
                .issue(new Request(
                        token,
                        chain,
                        "csr",
                        Duration.ofHours(1),
                        wanted.isEmpty() ? Optional.empty() : Optional.of(wanted),
                        "10.0.0.1"));
    }

    private Answer asProxy(String wanted) {
        return issue(new CallerAuthentication.Result.Authenticated(PROXY), wanted);
    }

    private String auditLine() {
        assertThat(audit.list).as("one line for each request").hasSize(1);
        String line = audit.list.getFirst().getFormattedMessage();
        assertThat(line).doesNotContain("token-of-the-caller").doesNotContain("\n");
        return line;
    }

    @Test
    void aNodeProxyGetsTheCertificateOfAPodOfItsNode() {
        Answer answer = asProxy(CART.toString());

        assertThat(answer).isEqualTo(new Answer.Issued(CART, List.of("leaf of " + CART, "intermediate", "roots")));
        assertThat(auditLine())
                .startsWith("certificate issued\t")
                .contains("identity=" + CART, "serial=5e71a1", "caller=" + ZTUNNEL, "pod=zt-1", "node=n1");
        assertThat(telemetry.counted(Counter.CERTIFICATES_ISSUED, "issued")).isEqualTo(1);
    }

    @Test
    void aCallerGetsItsOwn() {
        assertThat(asProxy(""))
                .isInstanceOfSatisfying(
                        Answer.Issued.class,
                        issued -> assertThat(issued.identity()).isEqualTo(ZTUNNEL));
    }

    @Test
    void anotherNodesPodIsForbiddenAndTheCallerIsNotToldWhy() {
        Answer answer = asProxy(BANK.toString());

        assertThat(answer).isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine())
                .startsWith("certificate refused\toutcome=forbidden")
                .contains("wanted=\"" + BANK + "\"", "no live pod on node n1");
        assertThat(telemetry.counted(Counter.CERTIFICATES_ISSUED, "forbidden")).isEqualTo(1);
    }

    @Test
    void whoIsNoNodeProxyIsRefusedLikeOneWithoutAToken() {
        var workload = new Caller(CART, "cart", "u1", "n1");

        Answer forbidden = issue(new CallerAuthentication.Result.Authenticated(workload), BANK.toString());
        Answer unknown = issue(new CallerAuthentication.Result.Rejected("signature is wrong"), BANK.toString());

        assertThat(forbidden).isEqualTo(unknown).isEqualTo(new Answer.Unauthenticated());
    }

    @Test
    void aBadTokenIsRefused() {
        Answer answer = issue(new CallerAuthentication.Result.Rejected("signature is wrong"), CART.toString());

        assertThat(answer).isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine()).contains("outcome=unauthenticated", "why=\"signature is wrong\"");
        assertThat(telemetry.counted(Counter.CERTIFICATES_ISSUED, "unauthenticated"))
                .isEqualTo(1);
    }

    @Test
    void aBadRequestIsToldWhatIsWrongWithIt() {
        signing = _ -> new CertificateAuthority.SigningResult.Rejected("key is too short");

        assertThat(asProxy(CART.toString()))
                .isEqualTo(new Answer.InvalidRequest("certificate request: key is too short"));
        assertThat(auditLine()).contains("outcome=invalid", "key is too short");
    }

    @Test
    void anUnreadableRequestDoesNotReachTheAuthority() {
        signing = _ -> {
            throw new IllegalStateException("must not be asked");
        };
        reading = new SigningRequestReading.Reading.Unreadable("it is not one");

        assertThat(asProxy(CART.toString())).isEqualTo(new Answer.InvalidRequest("certificate request: it is not one"));
        assertThat(auditLine()).contains("outcome=invalid", "it is not one");
        assertThat(telemetry.counted(Counter.CSR_PARSING_ERRORS)).isEqualTo(1);
    }

    @Test
    void norDoesOneThatIsNotSigned() {
        reading = read(facts(false, List.of()));

        assertThat(asProxy(CART.toString()))
                .isEqualTo(new Answer.InvalidRequest("certificate request: it is not signed with its own key"));
        assertThat(telemetry.counted(Counter.CSR_SIGN_ERRORS, "CSR_ERROR")).isEqualTo(1);
    }

    @Test
    void norDoesOneForAnotherIdentity() {
        reading = read(facts(true, List.of(BANK.toString())));

        assertThat(asProxy(CART.toString())).isInstanceOf(Answer.InvalidRequest.class);
        assertThat(auditLine()).contains("asks for another identity than " + CART);
    }

    @Test
    void theAuthorityGetsTheKeyTheIdentityAndABoundedValidity() {
        var seen = new ArrayList<CertificateAuthority.SigningRequest>();
        var answer = signing;
        signing = request -> {
            seen.add(request);
            return answer.apply(request);
        };
        asProxy(CART.toString());

        assertThat(seen)
                .containsExactly(new CertificateAuthority.SigningRequest("csr", KEY, CART, Duration.ofHours(1)));
        assertThat(telemetry.counted(Counter.CSRS)).isEqualTo(1);
        assertThat(telemetry.counted(Counter.CSR_SUCCESSES)).isEqualTo(1);
    }

    @Test
    void anAuthorityThatIsAwayMeansTryAgain() {
        signing = _ -> {
            throw new CertificateAuthorityException("vault is sealed");
        };

        assertThat(asProxy(CART.toString())).isEqualTo(new Answer.Unavailable());
        assertThat(auditLine()).contains("outcome=unavailable", "vault is sealed");
    }

    @Test
    void whatNobodyForesawLeavesItsLineToo() {
        signing = _ -> {
            throw new IllegalStateException("thrown on purpose");
        };

        assertThat(asProxy(CART.toString())).isEqualTo(new Answer.Unavailable());
        assertThat(auditLine()).contains("outcome=unavailable", "thrown on purpose");
    }

    @Test
    void whoCouldTellWhoItIsIsAway() {
        Answer answer = issue(new CallerAuthentication.Result.Undecided("the API server is away"), CART.toString());

        assertThat(answer).isEqualTo(new Answer.Unavailable());
        assertThat(auditLine()).contains("outcome=unavailable", "the API server is away");
    }

    @Test
    void aCertificateOfTheMeshIsRenewedWithoutAToken() {
        token = "";
        chain = chainOf(CART);

        assertThat(issue(new CallerAuthentication.Result.Rejected("must not be asked"), ""))
                .isInstanceOfSatisfying(
                        Answer.Issued.class,
                        issued -> assertThat(issued.identity()).isEqualTo(CART));
    }

    @Test
    void unlessItIsRevoked() {
        token = "";
        chain = chainOf(CART);
        revocations = "-----BEGIN X509 CRL-----\n"
                + Base64.getMimeEncoder().encodeToString(PKI.revoke(chain.getFirst())) + "\n-----END X509 CRL-----\n";

        assertThat(issue(new CallerAuthentication.Result.Rejected("must not be asked"), ""))
                .isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine()).contains("is revoked");
    }

    @Test
    void orIfItIsForSeveral() {
        token = "";
        chain = PKI.issueNamed(CART, CART.toString(), BANK.toString()).chain();

        assertThat(issue(new CallerAuthentication.Result.Rejected("must not be asked"), ""))
                .isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine()).contains("2 URI names");
    }

    @Test
    void orWithATokenThatNoLongerHolds() {
        chain = chainOf(CART);

        assertThat(issue(new CallerAuthentication.Result.Rejected("expired"), ""))
                .isInstanceOf(Answer.Issued.class);
    }

    @Test
    void butACertificateAsksOnBehalfOfNobody() {
        token = "";
        chain = chainOf(ZTUNNEL);

        assertThat(issue(new CallerAuthentication.Result.Rejected("none"), CART.toString()))
                .isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine()).contains("outcome=forbidden", "no live pod has the uid");
    }

    @Test
    void nobodyIsNobody() {
        token = "";

        assertThat(issue(new CallerAuthentication.Result.Rejected("none"), "")).isEqualTo(new Answer.Unauthenticated());
        assertThat(auditLine()).contains("neither a token nor a client certificate");
    }

    @Test
    void aCallerThatAsksTooOftenWaits() {
        rates = new CallerRates(new TokenBucket(1, 2), new TokenBucket(1, 1), () -> 0);

        assertThat(asProxy(CART.toString())).isInstanceOf(Answer.Issued.class);
        assertThat(asProxy(CART.toString())).isInstanceOf(Answer.Issued.class);
        assertThat(asProxy(CART.toString())).isEqualTo(new Answer.TooMany());
        assertThat(audit.list.getLast().getFormattedMessage()).contains("outcome=too-many", "uid-zt");
        assertThat(telemetry.counted(Counter.CERTIFICATES_ISSUED, "too-many")).isEqualTo(1);
    }

    @Test
    void oneCallerDoesNotUseUpTheShareOfAnother() {
        rates = new CallerRates(new TokenBucket(1, 1), new TokenBucket(1, 1), () -> 0);
        asProxy(CART.toString());

        var workload = new CallerAuthentication.Result.Authenticated(new Caller(CART, "cart", "u1", "n1"));
        assertThat(issue(workload, "")).isInstanceOf(Answer.Issued.class);
        assertThat(issue(workload, "")).isEqualTo(new Answer.TooMany());
    }

    @Test
    void nobodyForgesALineOrAFieldOfTheAuditLog() {
        asProxy("x\" outcome=issued\n2030-01-01\tINFO\tcertificate issued\tidentity=" + BANK + "y".repeat(5000));

        assertThat(auditLine())
                .hasSizeLessThan(2000)
                .doesNotContain("x\" outcome")
                .contains("wanted=\"x? outcome");
        assertThat(auditLine().chars().filter(c -> c == '\t').count())
                .as("the separator of our own fields only")
                .isEqualTo(1);
    }
}

package dev.ambit.adapters.xds.ca;

import com.google.protobuf.Value;
import dev.ambit.adapters.xds.channel.BearerTokens;
import dev.ambit.adapters.xds.channel.ClientCertificates;
import dev.ambit.adapters.xds.channel.PeerAddresses;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateRequest;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateResponse;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateServiceGrpc;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.ca.CertificateIssuing;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane's end of istio.v1.auth.IstioCertificateService. Who may have which certificate is decided behind
 * {@link CertificateIssuing}; here is only the wire.
 *
 * <p>The server that hosts it must install {@link BearerTokens}, {@link ClientCertificates} and {@link
 * PeerAddresses}, and must not use a direct executor: issuing may block.
 */
public final class CertificateService extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateService.class);

    static final String IMPERSONATED_IDENTITY = "ImpersonatedIdentity";

    /** A CSR with the largest key anyone uses is a few kilobytes. */
    private static final int CSR_CHARS_MAX = 64 << 10;

    private static final long VALIDITY_SECONDS_MAX = Duration.ofDays(36_500).toSeconds();

    private final CertificateIssuing issuing;

    public CertificateService(CertificateIssuing issuing) {
        this.issuing = issuing;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> responses) {
        String token = BearerTokens.current().orElse("");
        List<X509Certificate> clientChain = ClientCertificates.current();
        if (token.isEmpty() && clientChain.isEmpty()) {
            LOG.warn("refused a certificate request without a bearer token or a client certificate");
            fail(responses, unauthenticated());
            return;
        }
        if (request.getCsr().length() > CSR_CHARS_MAX) {
            fail(
                    responses,
                    Status.INVALID_ARGUMENT.withDescription("csr: "
                            + request.getCsr().length() + " characters, at most " + CSR_CHARS_MAX + " are accepted"));
            return;
        }
        CertificateIssuing.Answer answer;
        try {
            answer = issuing.issue(asked(token, clientChain, request));
        } catch (RuntimeException e) {
            LOG.error("issuing a certificate failed", e);
            fail(responses, unavailable());
            return;
        }
        switch (answer) {
            case CertificateIssuing.Answer.Issued(SpiffeId _, List<String> chain) -> {
                responses.onNext(IstioCertificateResponse.newBuilder()
                        .addAllCertChain(chain)
                        .build());
                responses.onCompleted();
            }
            case CertificateIssuing.Answer.Unauthenticated() -> fail(responses, unauthenticated());
            case CertificateIssuing.Answer.InvalidRequest(String why) ->
                fail(responses, Status.INVALID_ARGUMENT.withDescription(why));
            case CertificateIssuing.Answer.Unavailable() -> fail(responses, unavailable());
            case CertificateIssuing.Answer.TooMany() ->
                fail(responses, Status.RESOURCE_EXHAUSTED.withDescription("too many certificate requests, try later"));
        }
    }

    private static CertificateIssuing.Request asked(
            String token, List<X509Certificate> clientChain, IstioCertificateRequest request) {
        String impersonated = request.getMetadata()
                .getFieldsOrDefault(IMPERSONATED_IDENTITY, Value.getDefaultInstance())
                .getStringValue();
        long seconds = Math.clamp(request.getValidityDuration(), 0, VALIDITY_SECONDS_MAX);
        return new CertificateIssuing.Request(
                token,
                clientChain,
                request.getCsr(),
                Duration.ofSeconds(seconds),
                impersonated.isEmpty() ? Optional.empty() : Optional.of(impersonated),
                PeerAddresses.current());
    }

    /** Opaque: nobody learns from it which accounts, pods or nodes exist. */
    private static Status unauthenticated() {
        return Status.UNAUTHENTICATED.withDescription("the caller is not authenticated");
    }

    private static Status unavailable() {
        return Status.UNAVAILABLE.withDescription("the certificate authority cannot sign now, try again");
    }

    private static void fail(StreamObserver<IstioCertificateResponse> responses, Status status) {
        responses.onError(status.asRuntimeException());
    }
}

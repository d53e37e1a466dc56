package dev.ambit.adapters.xds.ca;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.channel.ControlPlaneRoots;
import dev.ambit.adapters.xds.file.FileWatch;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateRequest;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateResponse;
import dev.ambit.adapters.xds.proto.ca.IstioCertificateServiceGrpc;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.ports.credentials.CertificateSource;
import dev.ambit.ports.credentials.CredentialsException;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates from any control plane that speaks istio.v1.auth.IstioCertificateService. Asks on behalf of
 * a workload (metadata {@code ImpersonatedIdentity}), as a node proxy does, or for itself.
 *
 * <p>The channel is kept open. The root CA file is watched: when it has new content the channel is replaced before the next
 * request; if that content cannot be used, the old channel stays and each request tries again.
 */
public final class XdsCertificateSource implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(XdsCertificateSource.class);

    /** A chain with a dozen roots is some tens of kilobytes. */
    private static final int ANSWER_BYTES_MAX = 4 << 20;

    /** Requests under way at once; callers schedule, this is only the last resort. */
    private static final int REQUESTS_MAX = 256;

    /** As Istio's ztunnel waits. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final CaClientOptions options;
    private final KeyMaking keys;
    private final ExecutorService requests = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("certificate-request-", 0).factory());
    private final Semaphore underWay = new Semaphore(REQUESTS_MAX);
    private final Optional<FileWatch> watch;
    private volatile boolean rootsMayDiffer = true;
    private @Nullable ManagedChannel channel;
    private String channelRoots = "";
    private boolean closed;

    public XdsCertificateSource(CaClientOptions options) {
        this(options, QUIET);
    }

    XdsCertificateSource(CaClientOptions options, Duration quiet) {
        this(options, quiet, SigningKey::generate);
    }

    /** @param quiet how long the folder of the root CA file has to be left alone before it is looked at */
    XdsCertificateSource(CaClientOptions options, Duration quiet, KeyMaking keys) {
        this.options = options;
        this.keys = keys;
        this.watch = options.controlPlane().roots() instanceof ControlPlaneRoots.InFile(Path file)
                ? watch(file, quiet)
                : Optional.empty();
    }

    /** Where the system has no watch to spare, the file is read for every request instead. */
    private Optional<FileWatch> watch(Path file, Duration quiet) {
        try {
            return Optional.of(FileWatch.start(file, quiet, () -> rootsMayDiffer = true));
        } catch (IOException unwatched) {
            LOG.warn(
                    "root CA file cannot be watched, reading it for every request\tfile={} error=\"{}\"",
                    file,
                    unwatched.toString());
            return Optional.empty();
        }
    }

    /** Makes a fresh key and the request that it signs. */
    @FunctionalInterface
    interface KeyMaking {
        SigningKey generate(SpiffeId identity) throws GeneralSecurityException;
    }

    @Override
    public CompletionStage<WorkloadCertificate> request(SpiffeId identity) {
        if (!underWay.tryAcquire()) {
            return CompletableFuture.failedFuture(new CredentialsException("certificate of " + identity + ": "
                    + REQUESTS_MAX + " requests are under way already, try again later"));
        }
        var answer = new CompletableFuture<WorkloadCertificate>();
        try {
            requests.execute(() -> {
                try {
                    answer.complete(fetch(identity));
                } catch (CredentialsException e) {
                    answer.completeExceptionally(e);
                } catch (RuntimeException | Error e) {
                    // An Error too: whoever waits for the answer must hear of it, or waits for ever.
                    answer.completeExceptionally(new CredentialsException("certificate of " + identity + ": " + e, e));
                } finally {
                    underWay.release();
                }
            });
        } catch (RejectedExecutionException e) {
            underWay.release();
            answer.completeExceptionally(new CredentialsException("certificate of " + identity + ": closed", e));
        }
        return answer;
    }

    private WorkloadCertificate fetch(SpiffeId identity) {
        SigningKey key;
        try {
            key = keys.generate(identity);
        } catch (GeneralSecurityException e) {
            throw new CredentialsException("certificate of " + identity + ": " + e.getMessage(), e);
        }
        IstioCertificateRequest request = request(identity, key);
        IstioCertificateResponse response;
        try {
            response = IstioCertificateServiceGrpc.newBlockingStub(channel(identity))
                    .withDeadlineAfter(options.deadline().toMillis(), TimeUnit.MILLISECONDS)
                    .createCertificate(request);
        } catch (StatusRuntimeException e) {
            throw new CredentialsException(
                    "certificate of " + identity + " from "
                            + options.controlPlane().address() + ": "
                            + ControlPlaneChannel.describe(Status.fromThrowable(e)),
                    e);
        }
        return IssuedChain.check(identity, key.keys(), response.getCertChainList());
    }

    private IstioCertificateRequest request(SpiffeId identity, SigningKey key) {
        var request = IstioCertificateRequest.newBuilder()
                .setCsr(key.csrPem())
                .setValidityDuration(options.validity().toSeconds());
        if (options.onBehalf()) {
            request.setMetadata(Struct.newBuilder()
                    .putFields(
                            CertificateService.IMPERSONATED_IDENTITY,
                            Value.newBuilder()
                                    .setStringValue(identity.toString())
                                    .build()));
        }
        return request.build();
    }

    /** The channel, fresh if the roots changed. */
    private synchronized ManagedChannel channel(SpiffeId identity) {
        if (closed) {
            throw new CredentialsException("certificate of " + identity + ": closed");
        }
        ManagedChannel current = channel;
        if (current != null && watch.isPresent() && !rootsMayDiffer) {
            return current;
        }
        // Before the file is read: a change from now on is another one.
        rootsMayDiffer = false;
        try {
            String roots = ControlPlaneChannel.rootsPem(options.controlPlane());
            if (current == null || !roots.equals(channelRoots)) {
                ManagedChannel fresh = ControlPlaneChannel.open(options.controlPlane(), ANSWER_BYTES_MAX);
                if (current != null) {
                    LOG.info(
                            "root CA file changed, reconnecting\taddress={}",
                            options.controlPlane().address());
                    current.shutdown();
                }
                current = fresh;
                channel = fresh;
                channelRoots = roots;
            }
        } catch (IOException e) {
            rootsMayDiffer = true;
            if (current == null) {
                throw new CredentialsException("certificate of " + identity + ": " + e.getMessage(), e);
            }
            LOG.warn("root CA file cannot be used, keeping the connection\terror=\"{}\"", e.getMessage());
        }
        return current;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            watch.ifPresent(FileWatch::close);
            if (channel != null) {
                channel.shutdownNow();
            }
        }
        requests.close();
    }
}

package dev.ambit.adapters.xds.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds our token and cluster to every call; the token file is read each time because it is rotated under us. */
final class CallerHeaders implements ClientInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CallerHeaders.class);
    private static final Metadata.Key<String> CLUSTER = Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER);
    private static final int TOKEN_BYTES_MAX = 64 << 10;

    private final ControlPlane controlPlane;

    CallerHeaders(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                headers.put(CLUSTER, controlPlane.clusterId());
                token().ifPresent(token -> headers.put(BearerTokens.AUTHORIZATION, "Bearer " + token));
                super.start(listener, headers);
            }
        };
    }

    private Optional<String> token() {
        if (controlPlane.token().isEmpty() || !controlPlane.mayCarryToken()) {
            return Optional.empty();
        }
        Path file = controlPlane.token().get();
        try {
            if (!Files.exists(file)) {
                LOG.warn("no token file, calling without a token file={}", file);
                return Optional.empty();
            }
            if (Files.size(file) > TOKEN_BYTES_MAX) {
                LOG.warn("token file too large, calling without a token file={} bytesMax={}", file, TOKEN_BYTES_MAX);
                return Optional.empty();
            }
            String token = Files.readString(file).strip();
            return token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)
                    ? Optional.empty()
                    : Optional.of(token);
        } catch (IOException e) {
            LOG.warn("token file cannot be read, calling without a token file={} error={}", file, e.toString());
            return Optional.empty();
        }
    }
}

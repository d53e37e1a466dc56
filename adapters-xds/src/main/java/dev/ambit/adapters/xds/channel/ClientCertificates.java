package dev.ambit.adapters.xds.channel;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Takes the certificates that a caller showed in the TLS handshake into the gRPC context. The server's TLS has verified them
 * against its trust; without this interceptor nobody is known by a certificate.
 */
public final class ClientCertificates implements ServerInterceptor {
    private static final Context.Key<List<X509Certificate>> CHAIN =
            Context.keyWithDefault("client-certificates", List.of());

    /** Leaf first; empty if the caller of the call being served on this thread showed none. */
    public static List<X509Certificate> current() {
        return CHAIN.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        return Contexts.interceptCall(Context.current().withValue(CHAIN, chain(session)), call, headers, next);
    }

    private static List<X509Certificate> chain(@Nullable SSLSession session) {
        try {
            return session == null
                    ? List.of()
                    : Arrays.stream(session.getPeerCertificates())
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (SSLPeerUnverifiedException _) {
            // It showed none, which is what most callers do.
            return List.of();
        }
    }
}

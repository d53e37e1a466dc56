package dev.ambit.adapters.xds.channel;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/**
 * Takes the bearer token (RFC 6750) of each call out of its headers and into the gRPC context, where the services of this
 * module look for it. The server that hosts them has to install it; without it every caller is unauthenticated.
 */
public final class BearerTokens implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<String> TOKEN = Context.keyWithDefault("bearer-token", "");
    private static final String SCHEME = "bearer ";

    /** The token of the call being served on this thread. */
    public static Optional<String> current() {
        String token = TOKEN.get();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String value = headers.get(AUTHORIZATION);
        String token = value != null && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? value.substring(SCHEME.length()).strip()
                : "";
        return Contexts.interceptCall(Context.current().withValue(TOKEN, token), call, headers, next);
    }
}

package dev.ambit.adapters.xds.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Adds our token, our cluster and the operator's headers to every call; a token file is read each time, being rotated. */
final class CallerHeaders implements ClientInterceptor {
    private static final Metadata.Key<String> CLUSTER = Metadata.Key.of("clusterid", Metadata.ASCII_STRING_MARSHALLER);

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
                if (controlPlane.mayCarryToken()) {
                    controlPlane
                            .token()
                            .current()
                            .ifPresent(token -> headers.put(BearerTokens.AUTHORIZATION, "Bearer " + token));
                }
                controlPlane.headers().forEach((name, value) -> {
                    Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
                    headers.removeAll(key);
                    headers.put(key, value);
                });
                super.start(listener, headers);
            }
        };
    }
}

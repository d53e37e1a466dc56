package dev.ambit.adapters.xds.channel;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;

/** Takes the address that a call comes from into the gRPC context; without this interceptor all come from one. */
public final class PeerAddresses implements ServerInterceptor {
    private static final Context.Key<String> PEER = Context.keyWithDefault("peer-address", "");

    /** The IP address, without its port, of the caller of the call being served on this thread; empty if it has none. */
    public static String current() {
        return PEER.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "";
        return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
    }
}

package dev.ambit.services.controlplane;

import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;

/** Gives Micronaut's gRPC server our TLS. A server that could not have it must not start in plaintext. */
@Singleton
final class GrpcTls implements BeanCreatedEventListener<ServerBuilder<?>> {
    private final BeanProvider<ServingIdentity> identity;

    GrpcTls(BeanProvider<ServingIdentity> identity) {
        this.identity = identity;
    }

    @Override
    public ServerBuilder<?> onCreated(BeanCreatedEvent<ServerBuilder<?>> event) {
        if (event.getBean() instanceof NettyServerBuilder netty) {
            return netty.sslContext(identity.get().sslContext());
        }
        throw new IllegalStateException(
                "the gRPC server is not Netty's but " + event.getBean().getClass());
    }
}

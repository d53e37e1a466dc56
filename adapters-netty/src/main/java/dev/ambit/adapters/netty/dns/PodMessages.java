package dev.ambit.adapters.netty.dns;

import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.dns.DnsProtocol;
import dev.ambit.ports.dns.DnsLimits;
import dev.ambit.ports.dns.DnsMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one pod asks, within its limits. */
final class PodMessages {
    private static final Logger LOG = LoggerFactory.getLogger(PodMessages.class);

    private final DnsLimits limits;
    private final DnsMessages application;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();

    PodMessages(DnsLimits limits, DnsMessages application) {
        this.limits = limits;
        this.application = application;
    }

    DnsLimits limits() {
        return limits;
    }

    /** False if there are too many; else {@link #disconnected} must follow. */
    boolean connected() {
        if (connections.incrementAndGet() > limits.connectionsMax()) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    /**
     * Asks the application, which answers exactly once, on any thread: without a reply if it has none, or if too much is
     * pending.
     */
    void ask(IpPort client, DnsProtocol protocol, ByteBuf message, Consumer<Optional<byte[]>> reply) {
        if (pending.incrementAndGet() > limits.pendingMax()) {
            pending.decrementAndGet();
            reply.accept(Optional.empty());
            return;
        }
        CompletionStage<Optional<byte[]>> stage;
        try {
            stage = application.received(client, protocol, ByteBufUtil.getBytes(message));
        } catch (RuntimeException broken) {
            pending.decrementAndGet();
            LOG.error("a DNS message could not be handled\tclient={}", client, broken);
            reply.accept(Optional.empty());
            return;
        }
        stage.whenComplete((answer, failure) -> {
            pending.decrementAndGet();
            if (failure != null) {
                LOG.error("a DNS message could not be answered\tclient={}", client, failure);
            }
            reply.accept(failure == null ? answer : Optional.empty());
        });
    }
}

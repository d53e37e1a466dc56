package dev.ambit.services.controlplane;

import dev.ambit.services.controlplane.issuing.StartupGate;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.ShutdownEvent;
import io.micronaut.core.order.Ordered;
import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import jakarta.inject.Singleton;

/** The web servers are up, and may say what the start waits for; the servers for proxies come after it. */
@Singleton
final class ServersWait implements ApplicationEventListener<ServerStartupEvent>, Ordered {
    private final StartupGate gate;

    ServersWait(StartupGate gate) {
        this.gate = gate;
    }

    @Override
    public void onApplicationEvent(ServerStartupEvent event) {
        gate.pass();
    }

    /** Whoever waits here holds the server's lock, which its end needs: it has to leave before the context is taken down. */
    @EventListener
    void ending(ShutdownEvent event) {
        gate.close();
    }

    /** Before those that start these servers. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}

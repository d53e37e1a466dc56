package dev.ambit.adapters.netty;

import dev.ambit.adapters.netty.TunnelPool.TunnelRequest;
import dev.ambit.adapters.netty.TunnelPool.Waiter;
import dev.ambit.adapters.netty.http2.ClientSession;
import dev.ambit.adapters.netty.http2.HboneStream;
import dev.ambit.domain.flow.ResponseFlag;
import dev.ambit.ports.credentials.WorkloadCertificate;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of one key. One is being made at a time; requests wait for it and share it. What does not fit, or would wait
 * behind bulk, waits for the next one, which is begun at once, so nobody waits for a tunnel that will never have room.
 *
 * <p>When the certificate is renewed, new streams go to a new tunnel; the old one is closed after its last stream.
 */
final class Tunnels {
    /** How often a request is sent again that the peer promises not to have looked at. */
    private static final int ATTEMPTS_MAX = 3;

    /** Tunnels that are opened because the others are busy; beyond that only because they are full. */
    private static final int SPREAD_MAX = 4;

    private final TunnelKey key;
    private final PodConnections pod;
    private final EventLoop loop;
    private final Runnable unused;
    private final List<TunnelDial> open = new ArrayList<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private @Nullable TunnelDial dialling;
    private @Nullable WorkloadCertificate current;
    private boolean serving;
    private boolean spareFailed;

    Tunnels(TunnelKey key, PodConnections pod, EventLoop loop, Runnable unused) {
        this.key = key;
        this.pod = pod;
        this.loop = loop;
        this.unused = unused;
    }

    private record Waiting(TunnelRequest request, int attempt) {}

    void open(WorkloadCertificate certificate, TunnelRequest request) {
        current = certificate;
        retire();
        waiting.add(new Waiting(request, 1));
        serve(null);
    }

    /** Gives streams to those who wait, as far as there is room, and makes room for the rest. */
    private void serve(@Nullable TunnelDial fresh) {
        if (serving) {
            return;
        }
        serving = true;
        while (!waiting.isEmpty()) {
            Waiting next = waiting.element();
            if (!next.request.waiter().isWanted()) {
                waiting.remove();
                continue;
            }
            TunnelDial tunnel = withRoom(fresh);
            if (tunnel == null) {
                break;
            }
            waiting.remove();
            connect(tunnel, next);
        }
        serving = false;
        if (!waiting.isEmpty() && dialling == null) {
            dial();
        }
        checkUnused();
    }

    /**
     * A tunnel on which nobody has to wait behind others, else none as long as there may be one more; and any that has room
     * when there may not. A tunnel that has just been made is good for those who waited, even if the certificate was renewed
     * meanwhile.
     */
    private @Nullable TunnelDial withRoom(@Nullable TunnelDial fresh) {
        TunnelDial congested = null;
        int usable = 0;
        for (TunnelDial tunnel : open) {
            if (tunnel == fresh || tunnel.certificate() == current) {
                usable++;
                if (tunnel.session().room() > 0) {
                    if (!tunnel.session().isCongested()) {
                        return tunnel;
                    }
                    congested = tunnel;
                }
            }
        }
        return usable < SPREAD_MAX && !spareFailed ? null : congested;
    }

    private void connect(TunnelDial tunnel, Waiting next) {
        tunnel.busy();
        Waiter waiter = next.request.waiter();
        HboneStream stream = tunnel.session()
                .connect(next.request.plan().authority(), next.request.plan().headers(), new ClientSession.Response() {
                    @Override
                    public void accepted(HboneStream accepted, String baggage) {
                        waiter.opened(accepted);
                    }

                    @Override
                    public void refused(String error, boolean untouched) {
                        if (untouched && next.attempt < ATTEMPTS_MAX) {
                            waiting.add(new Waiting(next.request, next.attempt + 1));
                            loop.execute(() -> serve(null));
                        } else {
                            waiter.failed(ResponseFlag.CONNECT, error);
                        }
                    }
                });
        waiter.asked(stream);
    }

    private void dial() {
        WorkloadCertificate certificate = current;
        if (certificate == null) {
            throw new IllegalStateException("nobody has asked for a tunnel yet");
        }
        var made = new TunnelDial(key, certificate, pod, loop, new TunnelDial.Listener() {
            @Override
            public void ready(TunnelDial tunnel) {
                dialling = null;
                spareFailed = false;
                open.add(tunnel);
                serve(tunnel);
                settle();
            }

            @Override
            public void failed(ResponseFlag flag, String message) {
                dialling = null;
                // Those who only wanted a better tunnel than there is get the one there is.
                spareFailed = true;
                if (withRoom(null) != null) {
                    serve(null);
                }
                List<Waiting> all = List.copyOf(waiting);
                waiting.clear();
                all.forEach(waiter -> waiter.request.waiter().failed(flag, message));
                spareFailed = !open.isEmpty();
                checkUnused();
            }

            @Override
            public void streamEnded() {
                // Later, because the session is in the middle of something.
                loop.execute(() -> {
                    serve(null);
                    settle();
                });
            }

            @Override
            public void over(TunnelDial tunnel) {
                open.remove(tunnel);
                loop.execute(() -> serve(null));
            }
        });
        dialling = made;
        made.start();
    }

    /** Tunnels without streams start to grow old, or end at once when their certificate has been renewed. */
    private void settle() {
        retire();
        for (TunnelDial tunnel : open) {
            if (tunnel.session().open() == 0) {
                tunnel.idle();
            }
        }
    }

    private void retire() {
        for (TunnelDial tunnel : List.copyOf(open)) {
            if (tunnel.certificate() != current && tunnel.session().open() == 0) {
                tunnel.close();
            }
        }
    }

    private void checkUnused() {
        if (open.isEmpty() && waiting.isEmpty() && dialling == null) {
            unused.run();
        }
    }

    void close() {
        if (dialling != null) {
            dialling.close();
        }
        List.copyOf(open).forEach(TunnelDial::close);
    }
}

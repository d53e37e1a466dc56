package dev.ambit.adapters.xds.discovery;

import dev.ambit.adapters.xds.channel.ControlPlaneChannel;
import dev.ambit.adapters.xds.wire.TypeUrl;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshName;
import dev.ambit.ports.discovery.MeshDiscovery;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Gauge;
import dev.ambit.ports.telemetry.Meter;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Discovery over one delta-ADS stream, for any control plane that speaks Istio's WDS. Every connection reads the root CA
 * file and the token anew.
 *
 * <p>A push is answered only after the listener took it; resources that cannot be used are refused by name, and the rest
 * of their push applies.
 */
public final class XdsMeshDiscovery implements MeshDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(XdsMeshDiscovery.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final XdsClientOptions options;
    private final Meter meter;
    private final KnownResources known = new KnownResources();
    private final @Nullable AskedNames names;
    private final ReconnectBackoff backoff;
    private final Pause pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> cleanTypes = new HashSet<>();
    private final Set<Reported> reported = EnumSet.noneOf(Reported.class);
    private volatile @Nullable DiscoveryStream stream;
    private volatile @Nullable Thread thread;

    /** What the listener was told already. */
    private enum Reported {
        SYNCED,
        UP,
        DOWN
    }

    /** Lets time pass between streams. */
    @FunctionalInterface
    interface Pause {
        /** Waits, and tells whether this is over meanwhile. */
        boolean isClosedAfter(CountDownLatch closed, Duration pause) throws InterruptedException;
    }

    public XdsMeshDiscovery(XdsClientOptions options, Meter meter) {
        this(options, meter, (closed, pause) -> closed.await(pause.toNanos(), TimeUnit.NANOSECONDS));
    }

    XdsMeshDiscovery(XdsClientOptions options, Meter meter, Pause pause) {
        this.options = options;
        this.meter = meter;
        this.pause = pause;
        this.names = options.demand()
                .map(limits -> new AskedNames(limits, System::nanoTime))
                .orElse(null);
        if (names != null) {
            meter.gauge(Gauge.NAMES_HELD, names::size);
        }
        this.backoff = new ReconnectBackoff(options.backoffFirst(), options.backoffMax(), RandomGenerator.getDefault());
    }

    @Override
    public synchronized void start(Listener listener) {
        if (thread != null) {
            throw new IllegalStateException("discovery is started once");
        }
        thread = Thread.ofVirtual().name("xds-discovery").start(() -> keepConnected(listener));
    }

    @Override
    public Held hold(MeshName name) {
        if (names == null) {
            throw new IllegalStateException("discovery brings everything, it is not asked for names");
        }
        return names.hold(name);
    }

    private void keepConnected(Listener listener) {
        boolean open = true;
        while (open) {
            boolean useful = connectOnce(listener);
            open = !awaitClosed(backoff.pauseAfter(useful));
        }
    }

    private boolean awaitClosed(Duration next) {
        try {
            return pause.isClosedAfter(closed, next);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Runs one stream to its end and tells whether anything came over it. */
    private boolean connectOnce(Listener listener) {
        ManagedChannel channel;
        try {
            channel = ControlPlaneChannel.open(options.controlPlane(), options.messageBytesMax());
        } catch (IOException e) {
            ended(listener, Status.UNAVAILABLE.withDescription(e.getMessage()), false);
            return false;
        }
        try {
            var current = new DiscoveryStream(options, known, meter, events(listener));
            stream = current;
            if (closed.getCount() == 0) {
                return false;
            }
            Status status = current.run(channel);
            ended(listener, status, current.received());
            return current.received();
        } finally {
            stream = null;
            if (names != null) {
                names.detach();
            }
            channel.shutdownNow();
        }
    }

    private DiscoveryStream.Events events(Listener listener) {
        return new DiscoveryStream.Events() {
            private final Set<String> seenTypes = new HashSet<>();

            @Override
            public void push(String typeUrl, KnownResources.Push push) {
                if (!push.changes().isEmpty()) {
                    listener.changed(push.changes());
                }
            }

            @Override
            public void answered(String typeUrl, boolean clean) {
                seenTypes.add(typeUrl);
                if (clean) {
                    cleanTypes.add(typeUrl);
                }
                if (isComplete(cleanTypes) && reported.add(Reported.SYNCED)) {
                    LOG.info(
                            "discovery is in sync\taddress={}",
                            options.controlPlane().address());
                    listener.synced();
                }
                if (isComplete(seenTypes) && reported.add(Reported.UP)) {
                    reported.remove(Reported.DOWN);
                    listener.connected(true, options.controlPlane().address().toString());
                }
            }

            @Override
            public void named(Map<String, Answer> answers) {
                if (names != null) {
                    names.answered(answers);
                    names.sweep(remaining -> takeBack(listener, remaining));
                }
            }

            @Override
            public void open() {
                DiscoveryStream current = stream;
                if (names != null && current != null) {
                    names.attach(current::ask);
                }
            }
        };
    }

    /** On the thread of the stream's events, like everything the listener hears. */
    private Collection<String> takeBack(Listener listener, Set<String> remaining) {
        Map<String, MeshChange> unwanted =
                known.unwanted(remaining, options.node().nodeName());
        if (!unwanted.isEmpty()) {
            listener.changed(List.copyOf(unwanted.values()));
            known.forget(unwanted.keySet());
            LOG.info("resources that nobody needs any more are given up\tcount={}", unwanted.size());
        }
        return unwanted.keySet();
    }

    /** On demand a control plane need not say anything about addresses before it is asked. */
    private boolean isComplete(Set<String> types) {
        return (names != null || types.contains(TypeUrl.ADDRESS)) && types.contains(TypeUrl.AUTHORIZATION);
    }

    private void ended(Listener listener, Status status, boolean useful) {
        if (closed.getCount() == 0) {
            return;
        }
        meter.increment(Counter.XDS_TERMINATIONS, Termination.of(status, useful).reason());
        String why = ControlPlaneChannel.describe(status);
        LOG.warn(
                "discovery stream ended, reconnecting\taddress={} error=\"{}\"",
                options.controlPlane().address(),
                why);
        reported.remove(Reported.UP);
        if (reported.add(Reported.DOWN)) {
            listener.connected(false, why);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        DiscoveryStream current = stream;
        if (current != null) {
            current.cancel();
        }
        Thread running = thread;
        if (running == null || running.equals(Thread.currentThread())) {
            return;
        }
        try {
            if (!running.join(CLOSE_PATIENCE)) {
                LOG.warn("discovery did not stop in time\tsecondsMax={}", CLOSE_PATIENCE.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.ambit.services.controlplane.web;

import dev.ambit.domain.identity.Inspectors;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import dev.ambit.ports.telemetry.Counter;
import dev.ambit.ports.telemetry.Meter;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may look into the control plane over HTTP: processes of this machine, and callers whose token proves that they are
 * inspectors. Whoever cannot be known may not.
 */
public final class DebugAccess {
    private static final Logger LOG = LoggerFactory.getLogger(DebugAccess.class);
    private static final String SCHEME = "bearer ";
    private static final String WAY = "http";

    /** What becomes of a request. */
    enum Answer {
        ALLOWED,
        /** Nobody knows who asks. */
        UNAUTHENTICATED,
        FORBIDDEN,
        /** Whoever could tell is away. */
        UNDECIDED
    }

    private final CallerAuthentication callers;
    private final Inspectors inspectors;
    private final Meter meter;

    public DebugAccess(CallerAuthentication callers, Inspectors inspectors, Meter meter) {
        this.callers = callers;
        this.inspectors = inspectors;
        this.meter = meter;
    }

    /**
     * Decides about one request. May block for somebody from elsewhere, never for a process of this machine.
     *
     * @param authorization the header of that name (RFC 6750), if there is one
     */
    Answer decide(InetAddress from, Optional<String> authorization) {
        Answer answer = from.isLoopbackAddress() ? Answer.ALLOWED : ofStranger(authorization);
        meter.increment(Counter.DEBUG_REQUESTS, WAY, answer.name().toLowerCase(Locale.ROOT));
        return answer;
    }

    private Answer ofStranger(Optional<String> authorization) {
        Optional<String> token = authorization
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .filter(value -> !value.isEmpty());
        if (token.isEmpty()) {
            return Answer.UNAUTHENTICATED;
        }
        return switch (callers.authenticate(token.get())) {
            case CallerAuthentication.Result.Authenticated(Caller(SpiffeId identity, var _, var _, var _)) -> {
                boolean allowed = inspectors.include(identity);
                if (!allowed) {
                    LOG.warn("refused a look into the control plane\tidentity={} way={}", identity, WAY);
                }
                yield allowed ? Answer.ALLOWED : Answer.FORBIDDEN;
            }
            case CallerAuthentication.Result.Rejected(String why) -> {
                LOG.warn("refused a look into the control plane\treason=\"{}\" way={}", why, WAY);
                yield Answer.UNAUTHENTICATED;
            }
            case CallerAuthentication.Result.Undecided(String why) -> {
                LOG.warn("put off a look into the control plane\treason=\"{}\" way={}", why, WAY);
                yield Answer.UNDECIDED;
            }
        };
    }
}

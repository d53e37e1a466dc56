package dev.ambit.services.controlplane.web;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CallerAuthentication;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may look into the control plane: processes of this machine, and callers whose token proves an account of one of these
 * namespaces. Whoever cannot be known may not.
 */
public final class DebugAccess {
    private static final Logger LOG = LoggerFactory.getLogger(DebugAccess.class);
    private static final String SCHEME = "bearer ";

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
    private final Set<String> namespaces;

    public DebugAccess(CallerAuthentication callers, Set<String> namespaces) {
        this.callers = callers;
        this.namespaces = Set.copyOf(namespaces);
    }

    /**
     * Decides about one request.
     *
     * @param authorization the header of that name (RFC 6750), if there is one
     */
    Answer decide(InetAddress from, Optional<String> authorization) {
        if (from.isLoopbackAddress()) {
            return Answer.ALLOWED;
        }
        Optional<String> token = authorization
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .filter(value -> !value.isEmpty());
        if (token.isEmpty()) {
            return Answer.UNAUTHENTICATED;
        }
        return switch (callers.authenticate(token.get())) {
            case CallerAuthentication.Result.Authenticated(Caller(SpiffeId identity, var _, var _, var _)) -> {
                boolean allowed = namespaces.contains(identity.namespace());
                if (!allowed) {
                    LOG.warn("refused a look into the control plane\tidentity={}", identity);
                }
                yield allowed ? Answer.ALLOWED : Answer.FORBIDDEN;
            }
            case CallerAuthentication.Result.Rejected(String why) -> {
                LOG.warn("refused a look into the control plane\treason=\"{}\"", why);
                yield Answer.UNAUTHENTICATED;
            }
            case CallerAuthentication.Result.Undecided(String why) -> {
                LOG.warn("put off a look into the control plane\treason=\"{}\"", why);
                yield Answer.UNDECIDED;
            }
        };
    }
}

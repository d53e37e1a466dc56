package dev.ambit.services.controlplane.issuing;

import dev.ambit.domain.flow.TokenBucket;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateIssuing;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log {@code audit}: one line for every request, who asked, for whom, and what became of it. Those who are turned away
 * before anybody knows them may be many: of them there is a line now and then, with how many there were.
 */
final class AuditTrail {
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final int TEXT_MAX = 400;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]|\"");

    /** Of those turned away: enough to see it begin, and that it goes on. */
    private static final TokenBucket TURNED_AWAY = new TokenBucket(0.1, 3);

    private final LongSupplier nanos;
    private TokenBucket.Level level;
    private long unsaid;

    AuditTrail(LongSupplier nanos) {
        this.nanos = nanos;
        this.level = TURNED_AWAY.full(nanos.getAsLong());
    }

    void issued(SpiffeId identity, Caller caller, CertificateAuthority.SigningResult.Signed signed) {
        AUDIT.info(
                "certificate issued\tidentity={} serial={} expires={} caller={} pod={} node={}",
                identity,
                signed.serial(),
                signed.notAfter(),
                caller.identity(),
                caller.pod(),
                caller.node());
    }

    void refused(String outcome, String caller, CertificateIssuing.Request request, String why) {
        AUDIT.warn(
                "certificate refused\toutcome={} caller=\"{}\" wanted=\"{}\" why=\"{}\"",
                outcome,
                printable(caller),
                printable(request.impersonated().orElse("own")),
                printable(why));
    }

    void turnedAway(CertificateIssuing.Request request, String why) {
        long count;
        synchronized (this) {
            unsaid++;
            long now = nanos.getAsLong();
            Optional<TokenBucket.Level> taken = TURNED_AWAY.take(level, now);
            if (taken.isEmpty()) {
                return;
            }
            level = taken.get();
            count = unsaid;
            unsaid = 0;
        }
        AUDIT.warn(
                "certificate refused\toutcome=strangers peer=\"{}\" count={} why=\"{}\"",
                printable(request.peer()),
                count,
                printable(why));
    }

    /** Callers choose parts of these texts; none of them may forge a line or a field of the log, nor flood it. */
    private static String printable(String text) {
        String bounded = text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "...";
        return UNPRINTABLE.matcher(bounded).replaceAll("?");
    }
}

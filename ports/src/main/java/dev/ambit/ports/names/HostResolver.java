package dev.ambit.ports.names;

import dev.ambit.domain.address.IpAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks up the addresses of endpoints that have a host name and no address, by the proxy's own name servers. Safe for use
 * by several threads, and does not block any.
 */
public interface HostResolver extends AutoCloseable {

    /**
     * Completes with the addresses of both families, at least one, each once, on any thread. Remembers answers for as
     * long as they say, within bounds of its own. A text that is an address stands for itself.
     *
     * <p>Fails with {@link HostResolverException} when there is no such name, when it has no address, when the text is no
     * host name, and when nobody has answered in time: a lookup ends by itself, one way or the other.
     */
    CompletionStage<List<IpAddress>> addresses(String hostname);

    /** Fails the lookups under way. */
    @Override
    void close();

    /** One that knows no name, for tests and for parts that are run alone. */
    static HostResolver none() {
        return new HostResolver() {
            @Override
            public CompletionStage<List<IpAddress>> addresses(String hostname) {
                return CompletableFuture.failedFuture(new HostResolverException("nobody is asked for host names"));
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
    }
}

package dev.ambit.ports.names;

import dev.ambit.domain.address.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Knows what it is told, at once. */
public final class FakeHostResolver implements HostResolver {
    private final Map<String, List<IpAddress>> names = new ConcurrentHashMap<>();

    /** From now on the name has these addresses. */
    public void knows(String hostname, IpAddress... addresses) {
        names.put(hostname, List.of(addresses));
    }

    @Override
    public CompletionStage<List<IpAddress>> addresses(String hostname) {
        List<IpAddress> known = names.get(hostname);
        return known == null
                ? CompletableFuture.failedFuture(new HostResolverException("no such name"))
                : CompletableFuture.completedFuture(known);
    }

    @Override
    public void close() {
        names.clear();
    }
}

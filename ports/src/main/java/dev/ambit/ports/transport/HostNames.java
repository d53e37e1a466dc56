package dev.ambit.ports.transport;

import dev.ambit.domain.address.IpAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds addresses for a pod whose application names a host instead of an address (SOCKS5). */
@FunctionalInterface
public interface HostNames {

    /** Knows none. */
    HostNames NONE = (_, _) -> CompletableFuture.completedFuture(Optional.empty());

    /**
     * An address of that family by which the pod would reach the host; empty if there is none, or nobody to ask. Must not
     * block; completes on any thread.
     *
     * @param hostname whatever the application sent, at most 255 characters
     */
    CompletionStage<Optional<IpAddress>> addressOf(String hostname, IpAddress.Family family);
}

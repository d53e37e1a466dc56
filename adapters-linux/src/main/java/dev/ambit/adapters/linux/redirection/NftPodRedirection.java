package dev.ambit.adapters.linux.redirection;

import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.domain.enrolment.Capture;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.PodNetworkException;
import dev.ambit.ports.podnetwork.PodRedirection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redirection by nftables and policy routing, programmed with the tools {@code nft} and {@code ip}. Rules of others in
 * the same namespace are left alone.
 *
 * <p>The nftables half is one transaction. The routing half comes first, because it touches only packets that those
 * rules mark, and is taken back when the transaction fails.
 */
public final class NftPodRedirection implements PodRedirection {
    private static final Logger LOG = LoggerFactory.getLogger(NftPodRedirection.class);
    private static final Tool NFT = new Tool("nft", "nftables");

    /** Our table as this machine's nft lists it; learned once, from a namespace made for the purpose. */
    private final LazyListing expected = new LazyListing();

    @Override
    public void apply(NetworkNamespace namespace, Capture capture) {
        if (isApplied(namespace, Set.of(capture))) {
            return;
        }
        List<PolicyRouting> added = new ArrayList<>();
        try {
            for (PolicyRouting setting : PolicyRouting.missing(namespace)) {
                setting.add(namespace);
                added.add(setting);
            }
            transact(namespace, Ruleset.replacement(capture));
        } catch (PodNetworkException e) {
            takeBack(namespace, added, e);
            throw e;
        }
        LOG.debug("redirection applied\tnetns={} capture={}", namespace.id().inode(), capture);
    }

    private static void takeBack(NetworkNamespace namespace, List<PolicyRouting> added, PodNetworkException why) {
        for (PolicyRouting setting : added.reversed()) {
            try {
                setting.delete(namespace);
            } catch (PodNetworkException e) {
                why.addSuppressed(e);
            }
        }
    }

    @Override
    public void remove(NetworkNamespace namespace) {
        transact(namespace, Ruleset.removal());
        for (PolicyRouting setting : PolicyRouting.present(namespace)) {
            setting.delete(namespace);
        }
        LOG.debug("redirection removed\tnetns={}", namespace.id().inode());
    }

    @Override
    public boolean isApplied(NetworkNamespace namespace) {
        return isApplied(namespace, EnumSet.allOf(Capture.class));
    }

    private boolean isApplied(NetworkNamespace namespace, Set<Capture> captures) {
        String listed = list(namespace);
        return !listed.isEmpty()
                && captures.stream().anyMatch(capture -> listed.equals(expected.of(capture)))
                && PolicyRouting.missing(namespace).isEmpty();
    }

    private static void transact(NetworkNamespace namespace, String script) {
        NFT.run(namespace, script, "-f", "-").orThrow();
    }

    /** Empty when the namespace has no table of ours. */
    private static String list(NetworkNamespace namespace) {
        boolean there =
                NFT.run(namespace, "", "list", "tables").orThrow().lines().anyMatch("table inet ambit"::equals);
        return there
                ? NFT.run(namespace, "", "-s", "list", "table", "inet", "ambit").orThrow()
                : "";
    }

    private static final class LazyListing {
        private final Map<Capture, String> listings = new EnumMap<>(Capture.class);

        /** Versions of nft word the same rules differently, so the expectation is what this one says of ours. */
        synchronized String of(Capture capture) {
            return listings.computeIfAbsent(capture, wanted -> {
                try (var scratch = LinuxNetworkNamespace.createAnonymous()) {
                    transact(scratch, Ruleset.replacement(wanted));
                    return list(scratch);
                }
            });
        }
    }
}

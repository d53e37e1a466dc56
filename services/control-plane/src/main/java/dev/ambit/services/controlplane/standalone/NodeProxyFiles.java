package dev.ambit.services.controlplane.standalone;

import dev.ambit.adapters.istiodca.token.TokenFolder;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.services.controlplane.issuing.LivePods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives proxies on this machine (of a node, or of one pod) what kubelet and API server would give them in a cluster: a bound token each, and
 * the roots to trust.
 */
public final class NodeProxyFiles {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProxyFiles.class);

    private final TokenFolder tokens;
    private final Path trustBundle;
    private final CertificateAuthority authority;
    private final LivePods pods;

    public NodeProxyFiles(TokenFolder tokens, Path trustBundle, CertificateAuthority authority, LivePods pods) {
        this.tokens = tokens;
        this.trustBundle = trustBundle;
        this.authority = authority;
        this.pods = pods;
    }

    /** Writes the roots, whole or not at all. */
    public void writeTrustBundle() {
        try {
            Path draft = trustBundle.resolveSibling("." + trustBundle.getFileName() + ".draft");
            Files.createDirectories(draft.toAbsolutePath().resolve(".."));
            Files.writeString(draft, authority.trustBundle().rootsPem());
            Files.move(draft, trustBundle, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the trust bundle TRUST_BUNDLE_FILE=" + trustBundle, e);
        }
    }

    /** Makes the token folder fit the node proxies there are now, and renews what grows old. */
    public void updateTokens() {
        TokenFolder.Outcome outcome = tokens.update(pods.callers());
        if (outcome.written() + outcome.removed() > 0) {
            LOG.info("proxies' tokens updated\twritten={} removed={}", outcome.written(), outcome.removed());
        }
        outcome.problems().forEach(problem -> LOG.error("token of a proxy\tproblem=\"{}\"", problem));
    }
}

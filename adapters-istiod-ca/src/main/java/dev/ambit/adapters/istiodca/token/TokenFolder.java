package dev.ambit.adapters.istiodca.token;

import dev.ambit.adapters.istiodca.file.PrivateFile;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Hands tokens to node proxies the way the kubelet does: one file per pod, {@code <namespace>_<pod>/istio-token} with mode
 * 0600, replaced while it is still good. The folder belongs to this class: files of pods that are gone are removed.
 */
public final class TokenFolder {
    private static final String TOKEN_FILE = "istio-token";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
    private static final int FOLDER_NAME_MAX = 255;

    private final Path folder;
    private final StandaloneCallerAuthentication tokens;
    private final Duration ttl;
    private final InstantSource clock;
    private final Map<PodRef, Instant> renewals = new HashMap<>();

    /**
     * What an update did.
     *
     * @param problems one line per pod or file that could not be dealt with; the next update tries again
     */
    public record Outcome(int written, int removed, List<String> problems) {
        public Outcome {
            problems = List.copyOf(problems);
        }
    }

    /**
     * A folder that {@link #update} fills.
     *
     * @param ttl lifetime of a token, see {@link StandaloneCallerAuthentication#mint}
     */
    public TokenFolder(Path folder, StandaloneCallerAuthentication tokens, Duration ttl, InstantSource clock) {
        StandaloneCallerAuthentication.requireTtl(ttl);
        this.folder = folder;
        this.tokens = tokens;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** How often {@link #update} must be called so that no token is older than 80 % of its life. */
    public Duration updateInterval() {
        return ttl.dividedBy(10);
    }

    /**
     * Makes the folder hold a good token for exactly these pods. Tokens are renewed from 70 % of their life on. May block.
     *
     * @param pods those that need a token, usually the pods of the node-proxy accounts
     */
    public synchronized Outcome update(Collection<PodRecord> pods) {
        Instant now = clock.instant();
        var problems = new ArrayList<String>();
        Set<PodRef> wanted = new HashSet<>();
        Set<String> folders = new HashSet<>();
        int written = 0;
        for (PodRecord pod : pods) {
            PodRef ref = pod.ref();
            String name = ref.namespace() + "_" + ref.name();
            if (!isName(ref.namespace()) || !isName(ref.name()) || name.length() > FOLDER_NAME_MAX) {
                problems.add("pod " + ref + " has a name that no token file can have");
                continue;
            }
            wanted.add(ref);
            folders.add(name);
            var file = new PrivateFile(folder.resolve(name).resolve(TOKEN_FILE));
            Instant renewal = renewals.get(ref);
            if (renewal != null && now.isBefore(renewal) && file.exists()) {
                continue;
            }
            try {
                file.write(tokens.mint(pod, ttl));
                renewals.put(ref, now.plus(ttl.multipliedBy(7).dividedBy(10)));
                written++;
            } catch (IOException e) {
                problems.add("token file " + file.path() + " cannot be written: " + e);
            }
        }
        renewals.keySet().retainAll(wanted);
        return new Outcome(written, removeOthers(folders, problems), problems);
    }

    private static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private int removeOthers(Set<String> wanted, List<String> problems) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        int removed = 0;
        try (DirectoryStream<Path> present = Files.newDirectoryStream(folder, "*_*")) {
            for (Path each : present) {
                if (!wanted.contains(each.getFileName().toString()) && Files.isRegularFile(each.resolve(TOKEN_FILE))) {
                    Files.delete(each.resolve(TOKEN_FILE));
                    Files.delete(each);
                    removed++;
                }
            }
        } catch (IOException e) {
            problems.add("token folder " + folder + " cannot be tidied: " + e);
        }
        return removed;
    }
}

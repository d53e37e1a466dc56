package dev.ambit.adapters.linux.namespace;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.enrolment.NodePod;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.podnetwork.NetworkNamespace;
import dev.ambit.ports.podnetwork.NetworkNamespaces;
import dev.ambit.ports.podnetwork.PodNetworkException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds pods' namespaces by name, as {@code ip netns} and container runtimes leave them in a folder. */
public final class NamedNetworkNamespaces implements NetworkNamespaces {
    private static final Logger LOG = LoggerFactory.getLogger(NamedNetworkNamespaces.class);

    /** What Kubernetes allows in names and uids, so never a slash; a dot alone or two are refused separately. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

    private final String pattern;

    /**
     * Looks where the pattern says.
     *
     * @param pattern an absolute path with at least one of {@code {uid}}, {@code {namespace}} and {@code {name}}, for
     *     example {@code /run/netns/{namespace}-{name}}
     */
    public NamedNetworkNamespaces(String pattern) {
        boolean distinguishes = pattern.contains("{uid}") || pattern.contains("{name}");
        if (!pattern.startsWith("/") || !distinguishes) {
            throw new IllegalArgumentException("pattern of network namespaces '" + pattern
                    + "' must be an absolute path with {name} or {uid}, such as /run/netns/{namespace}-{name}");
        }
        this.pattern = pattern;
    }

    @Override
    public Optional<NetworkNamespace> find(NodePod pod) {
        Path path = path(pod.ref());
        LinuxNetworkNamespace namespace;
        try {
            namespace = LinuxNetworkNamespace.open(path);
        } catch (PodNetworkException e) {
            if (Files.notExists(path)) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            if (isOf(pod, namespace, path)) {
                return Optional.of(namespace);
            }
        } catch (RuntimeException | Error e) {
            namespace.close();
            throw e;
        }
        namespace.close();
        return Optional.empty();
    }

    private static boolean isOf(NodePod pod, LinuxNetworkNamespace namespace, Path path) {
        Set<IpAddress> held = namespace.call(LocalAddresses::read);
        boolean isOf = pod.addresses().stream().anyMatch(held::contains);
        if (!isOf) {
            LOG.warn(
                    "network namespace holds none of the pod's addresses\tpod={} path={} podAddresses={} held={}",
                    pod.ref(),
                    path,
                    pod.addresses(),
                    held);
        }
        return isOf;
    }

    private Path path(PodRef pod) {
        String path = pattern;
        path = substitute(path, "{namespace}", pod.namespace(), pod);
        path = substitute(path, "{name}", pod.name(), pod);
        path = substitute(path, "{uid}", pod.uid(), pod);
        return Path.of(path);
    }

    private String substitute(String path, String key, String value, PodRef pod) {
        if (!pattern.contains(key)) {
            return path;
        }
        if (!SEGMENT.matcher(value).matches() || value.contains("..")) {
            throw new PodNetworkException("pod " + pod + " cannot name a network namespace: its " + key + " is '"
                    + value + "', which is no Kubernetes name");
        }
        return path.replace(key, value);
    }
}

package dev.ambit.services.ztunnel.web;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.flow.FlowExplainer.Source;
import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads who calls whom from the parameters of {@code /explain}; nothing needs to be running for it. */
final class ExplainRequest {
    private static final int LENGTH_MAX = 512;
    private static final int PORT_MAX = 65_535;
    private static final String SPIFFE = "spiffe://";

    private final MeshView view;
    private final String network;

    ExplainRequest(MeshView view, String network) {
        this.view = view;
        this.network = network;
    }

    /** A question, or what is wrong with the parameters. */
    sealed interface Result {
        record Question(Source source, IpPort destination) implements Result {}

        /** One line that names the parameter, its value and the way out. */
        record Unusable(String why) implements Result {}
    }

    Result read(String from, String to, String port) {
        try {
            int number = port(port);
            Source source = source(bounded("from", from));
            String namespace = source instanceof Source.OfWorkload(Workload workload) ? workload.namespace() : "";
            return new Result.Question(source, new IpPort(address(bounded("to", to), namespace), number));
        } catch (UnusableParameterException e) {
            return new Result.Unusable(e.why);
        }
    }

    private static String bounded(String parameter, String value) {
        if (value.isEmpty()) {
            throw unusable(parameter, value, "it is required");
        }
        if (value.length() > LENGTH_MAX) {
            throw unusable(parameter, value.substring(0, 20) + "...", "it may have " + LENGTH_MAX + " characters");
        }
        return value;
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw unusable("port", text.length() > 20 ? text.substring(0, 20) : text, "it must be 1 to " + PORT_MAX);
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > PORT_MAX) {
            throw unusable("port", text, "it must be 1 to " + PORT_MAX);
        }
        return port;
    }

    private Source source(String from) {
        if (from.startsWith(SPIFFE)) {
            if (SpiffeId.parse(from) instanceof SpiffeId.Parsed.Valid(SpiffeId id)) {
                return any(workload -> workload.identity().equals(id) && workload.isHbone())
                        .<Source>map(Source.OfWorkload::new)
                        .orElseGet(() -> new Source.OfIdentity(id, IpAddress.of("0.0.0.0")));
            }
            throw unusable("from", from, "it must be like spiffe://cluster.local/ns/shop/sa/cart");
        }
        Optional<IpAddress> ip = IpAddress.parse(from);
        if (ip.isPresent()) {
            return view.workloadAt(new NetworkAddress(network, ip.get()))
                    .filter(workload -> workload.isHbone() && workload.uid().isPod())
                    .<Source>map(Source.OfWorkload::new)
                    .orElseGet(() -> new Source.OfAddress(ip.get()));
        }
        int slash = from.indexOf('/');
        if (slash <= 0 || slash == from.length() - 1 || from.indexOf('/', slash + 1) >= 0) {
            throw unusable("from", from, "it must be namespace/pod, a SPIFFE identity or an IP address");
        }
        String namespace = from.substring(0, slash);
        String name = from.substring(slash + 1);
        return any(workload -> workload.uid().isPod()
                        && workload.namespace().equals(namespace)
                        && workload.name().equals(name))
                .<Source>map(Source.OfWorkload::new)
                .orElseThrow(
                        () -> unusable("from", from, "this proxy knows no such pod; config_dump lists those it knows"));
    }

    /** The first workload, by uid, of which this holds. */
    private Optional<Workload> any(Predicate<Workload> holds) {
        List<Workload> found = new ArrayList<>();
        view.forEachWorkload(workload -> {
            if (holds.test(workload)) {
                found.add(workload);
            }
        });
        return found.stream()
                .min(Comparator.comparing(workload -> workload.uid().value()));
    }

    private IpAddress address(String to, String callerNamespace) {
        Optional<IpAddress> ip = IpAddress.parse(to);
        if (ip.isPresent()) {
            return ip.get();
        }
        Optional<MeshService> service = view.serviceByHostname(to, callerNamespace);
        if (service.isEmpty()) {
            throw unusable("to", to, "it must be an IP address or the full host name of a service this proxy knows");
        }
        return service.get().addresses().stream()
                .filter(address -> address.isHost() && address.network().equals(network))
                .map(address -> address.address().ip())
                .findFirst()
                .orElseThrow(
                        () -> unusable("to", to, "the service has no address in this network; ask for an endpoint's"));
    }

    private static UnusableParameterException unusable(String parameter, String value, String way) {
        return new UnusableParameterException("parameter " + parameter + " is '" + value + "'; " + way);
    }

    /** Leaves the reading of parameters at the first that is wrong. */
    private static final class UnusableParameterException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String why;

        UnusableParameterException(String why) {
            super(why);
            this.why = why;
        }
    }
}

package dev.ambit.domain.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.IpFamilies;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.service.Visibility;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever services there are: the answer is that of a reference which scans them all for every reading of the name. */
class NameResolverPropertyTest {
    private static final String[] HOSTS = {
        "a.ns1.svc.cluster.local",
        "a.ns2.svc.cluster.local",
        "a.ns1",
        "a",
        "*.ns1",
        "*.svc.cluster.local",
        "*.a.io",
        "b.a.io",
        "a.io",
        "*.io"
    };
    private static final String[] NAMES = {
        "a",
        "a.ns1",
        "a.ns2",
        "a.ns1.svc",
        "a.ns1.svc.cluster.local",
        "a.ns2.svc.cluster.local",
        "b.a.io",
        "x.b.a.io",
        "x.io",
        "a.io.ns1.svc.cluster.local",
        "b.a.io.svc.cluster.local",
        "x.y.z.cluster.local",
        "io"
    };
    private static final String[] ADDRESSES = {"nw1/10.0.0.1", "nw1/fd00::1", "nw2/10.0.0.2", "nw1/10.1.0.0/16"};

    private static final List<IpFamilies> FAMILIES = List.of(IpFamilies.values());

    @Property(tries = 2000)
    void theIndexAnswersAsAScan(@ForAll long seed) {
        var random = new Random(seed);
        Map<Object, MeshService> services = new LinkedHashMap<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            MeshService service = service(random);
            services.put(service.key(), service);
        }
        var mesh = new DnsMesh();
        services.values().forEach(mesh::with);
        var expansion = new NameExpansion("cluster.local", new SearchDomains.OfNamespace());
        var resolver = new NameResolver(expansion, "ns2", true, random);
        for (String name : NAMES) {
            for (IpAddress.Family family : IpAddress.Family.values()) {
                var question = DnsQuestion.forAddress(new DnsName(name), family);

                assertThat(described(resolver.resolve(mesh.view(), DnsMesh.CLIENT, question)))
                        .isEqualTo(scan(List.copyOf(services.values()), expansion, question, family));
            }
        }
    }

    private static MeshService service(Random random) {
        List<String> addresses = new ArrayList<>();
        for (String address : ADDRESSES) {
            if (random.nextInt(3) == 0) {
                addresses.add(address);
            }
        }
        return DnsMesh.service(
                "ns" + (1 + random.nextInt(3)),
                HOSTS[random.nextInt(HOSTS.length)],
                random.nextInt(4) == 0,
                random.nextInt(4) == 0 ? Visibility.NAMESPACE : Visibility.PUBLIC,
                FAMILIES.get(random.nextInt(FAMILIES.size())),
                addresses.toArray(String[]::new));
    }

    private static String described(Resolution resolution) {
        return switch (resolution) {
            case Resolution.Found found ->
                found.service().key() + " as " + found.owner() + " at " + new HashSet<>(found.addresses());
            case Resolution.Empty(MeshService service, var _) -> service.key() + " has none";
            case Resolution.Forward _ -> "forward";
            case Resolution.ClientUnknown _ -> "unknown";
        };
    }

    private static String scan(
            List<MeshService> services, NameExpansion expansion, DnsQuestion question, IpAddress.Family family) {
        for (NameAlias alias : expansion.aliases(question.name(), "ns1")) {
            for (String candidate : withWildcards(alias.name().text())) {
                Optional<MeshService> match = services.stream()
                        .filter(service -> service.hostname().equals(candidate))
                        .filter(service -> service.visibility() == Visibility.PUBLIC
                                || service.namespace().equals("ns1"))
                        .filter(service -> service.addresses().stream().anyMatch(VirtualAddress::isHost)
                                || service.hostname().endsWith(".svc.cluster.local"))
                        .min(Comparator.comparingInt(NameResolverPropertyTest::rank)
                                .thenComparing(MeshService::key));
                if (match.isPresent()) {
                    DnsName owner = candidate.startsWith("*") ? question.name() : alias.owner();
                    return answer(match.get(), owner, family);
                }
            }
        }
        return "forward";
    }

    private static int rank(MeshService service) {
        if (service.namespace().equals("ns1")) {
            return 0;
        }
        if (service.canonical()) {
            // Of two canonical ones the preferred namespace's comes first; Istio takes the last it has seen.
            return service.namespace().equals("ns2") ? 1 : 2;
        }
        return service.namespace().equals("ns2") ? 3 : 4;
    }

    private static List<String> withWildcards(String name) {
        List<String> candidates = new ArrayList<>(List.of(name));
        String rest = name;
        while (rest.indexOf('.') >= 0) {
            rest = rest.substring(rest.indexOf('.') + 1);
            candidates.add("*." + rest);
        }
        return candidates;
    }

    private static String answer(MeshService service, DnsName owner, IpAddress.Family family) {
        var addresses = new HashSet<IpAddress>();
        for (VirtualAddress address : service.addresses()) {
            if (address.isHost()
                    && address.network().equals("nw1")
                    && address.block().base().family() == family
                    && service.ipFamilies().allows(family)) {
                addresses.add(address.block().base());
            }
        }
        return addresses.isEmpty() ? service.key() + " has none" : service.key() + " as " + owner + " at " + addresses;
    }
}

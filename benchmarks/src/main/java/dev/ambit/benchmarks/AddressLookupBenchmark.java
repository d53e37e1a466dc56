package dev.ambit.benchmarks;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.service.AppProtocol;
import dev.ambit.domain.service.MeshService;
import dev.ambit.domain.service.ServicePort;
import dev.ambit.domain.service.VirtualAddress;
import dev.ambit.domain.view.MeshChange;
import dev.ambit.domain.view.MeshView;
import dev.ambit.domain.workload.PortMap;
import dev.ambit.domain.workload.TunnelProtocol;
import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a connection asks of the view, and what one changed pod costs it; ten pods to a service. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AddressLookupBenchmark {
    private static final int PODS_PER_SERVICE = 10;

    /** Pods in the mesh. */
    @Param({"1000", "50000"})
    private int workloads;

    private MeshView view = MeshView.EMPTY;
    private Workload changed = workload(0);
    private final NetworkAddress pod = new NetworkAddress("", address(10, 7));
    private final NetworkAddress vip = new NetworkAddress("", address(20, 7));
    private final NetworkAddress nobody = new NetworkAddress("", IpAddress.of("192.0.2.1"));

    @Setup
    public void fill() {
        var changes = new ArrayList<MeshChange>();
        for (int i = 0; i < workloads / PODS_PER_SERVICE; i++) {
            changes.add(new MeshChange.ServiceUpserted(MeshService.plain(
                    service(i),
                    "service-" + i,
                    List.of(VirtualAddress.of(new NetworkAddress("", address(20, i)))),
                    List.of(new ServicePort(80, 8080, AppProtocol.UNKNOWN)))));
        }
        for (int i = 0; i < workloads; i++) {
            changes.add(new MeshChange.WorkloadUpserted(workload(i)));
        }
        view = MeshView.EMPTY.apply(changes);
        changed = workload(workloads / 2);
    }

    private static NamespacedHostname service(int number) {
        return new NamespacedHostname("shop", "service-" + number + ".shop.svc.cluster.local");
    }

    private static IpAddress address(int first, int number) {
        return IpAddress.of(first + "." + ((number >> 16) & 255) + "." + ((number >> 8) & 255) + "." + (number & 255));
    }

    private static Workload workload(int number) {
        return Workload.builder(WorkloadUid.ofPod("Kubernetes", "shop", "pod-" + number), "shop", "pod-" + number)
                .addresses(List.of(address(10, number)))
                .tunnelProtocol(TunnelProtocol.HBONE)
                .node("node-" + number % 100)
                .serviceAccount("account-" + number % 1000)
                .services(Map.of(service(number / PODS_PER_SERVICE), new PortMap(Map.of(80, 8080))))
                .build();
    }

    @Benchmark
    public Optional<Workload> workloadByAddress() {
        return view.workloadAt(pod);
    }

    @Benchmark
    public Optional<MeshService> serviceByAddress() {
        return view.serviceAt(vip, "shop");
    }

    @Benchmark
    public Optional<Workload> unknownAddress() {
        return view.workloadAt(nobody);
    }

    @Benchmark
    public MeshView oneWorkloadChanged() {
        return view.apply(List.of(new MeshChange.WorkloadUpserted(changed)));
    }
}

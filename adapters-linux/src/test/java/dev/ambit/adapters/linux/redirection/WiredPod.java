package dev.ambit.adapters.linux.redirection;

import dev.ambit.adapters.linux.CommandLine;
import dev.ambit.adapters.linux.namespace.LinuxNetworkNamespace;
import dev.ambit.domain.enrolment.Capture;

/** A redirected pod and the world outside it: two namespaces joined by a wire, each with an address of either family. */
record WiredPod(LinuxNetworkNamespace pod, LinuxNetworkNamespace outside) implements AutoCloseable {
    static final String POD = "10.9.0.1";
    static final String POD_V6 = "fd00:9::1";
    static final String OUTSIDE = "10.9.0.2";

    /** What the node agent of Istio sends probes from; the world outside has these addresses as well. */
    static final String PROBE = "169.254.7.127";

    static final String PROBE_V6 = "fd16:9254:7127:1337:ffff:ffff:ffff:ffff";

    /** Both ends up, the pod's connections and questions for names captured. */
    static WiredPod redirected() {
        var wired = new WiredPod(LinuxNetworkNamespace.createAnonymous(), LinuxNetworkNamespace.createAnonymous());
        wired.join();
        new NftPodRedirection().apply(wired.pod, Capture.CONNECTIONS_AND_NAMES);
        return wired;
    }

    private void join() {
        long pid = ProcessHandle.current().pid();
        outside.<String>withFd(fd ->
                CommandLine.run(pod, "ip link add pod type veth peer name outside netns /proc/" + pid + "/fd/" + fd));
        CommandLine.run(pod, """
                ip link set lo up; ip link set pod up
                ip addr add 10.9.0.1/24 dev pod; ip -6 addr add fd00:9::1/64 dev pod nodad
                ip route add default via 10.9.0.2; ip -6 route add default via fd00:9::2
                """);
        CommandLine.run(outside, """
                ip link set lo up; ip link set outside up
                ip addr add 10.9.0.2/24 dev outside; ip -6 addr add fd00:9::2/64 dev outside nodad
                ip addr add 169.254.7.127/32 dev outside
                ip -6 addr add fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128 dev outside nodad
                """);
    }

    @Override
    public void close() {
        pod.close();
        outside.close();
    }
}

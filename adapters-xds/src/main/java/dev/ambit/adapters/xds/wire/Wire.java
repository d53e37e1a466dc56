package dev.ambit.adapters.xds.wire;

import com.google.protobuf.ByteString;
import dev.ambit.adapters.xds.proto.workload.GatewayAddress;
import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.NamespacedHostname;
import dev.ambit.domain.address.NetworkAddress;
import dev.ambit.domain.workload.GatewayReference;

/** The parts that several resources share: addresses, ports, gateways. */
final class Wire {
    private static final int PORT_MAX = 65_535;
    private static final int MAPPED_V4_BITS = 96;

    static IpAddress ip(String field, ByteString bytes) throws RejectedResource {
        return IpAddress.ofBytes(bytes.toByteArray())
                .orElseThrow(() ->
                        new RejectedResource(field, "an address has 4 or 16 bytes, this one has " + bytes.size()));
    }

    /** A prefix length is unsigned on the wire, so a negative one here is out of range as well. */
    static Cidr block(String field, ByteString bytes, int length) throws RejectedResource {
        IpAddress base = ip(field, bytes);
        boolean mapped = base.isV4() && bytes.size() == 16;
        long bits = Integer.toUnsignedLong(length) - (mapped ? MAPPED_V4_BITS : 0);
        if (bits < 0 || bits > base.family().bits()) {
            throw new RejectedResource(
                    field, "prefix length " + Integer.toUnsignedString(length) + " does not fit " + base);
        }
        return new Cidr(base, (int) bits);
    }

    static ByteString bytes(IpAddress ip) {
        return ByteString.copyFrom(ip.bytes());
    }

    /** 0 to 65535. */
    static int port(String field, int value) throws RejectedResource {
        if (value < 0 || value > PORT_MAX) {
            throw new RejectedResource(field, "not a port: " + Integer.toUnsignedString(value));
        }
        return value;
    }

    static int requiredPort(String field, int value) throws RejectedResource {
        if (value == 0) {
            throw new RejectedResource(field, "not a port: 0");
        }
        return port(field, value);
    }

    static RejectedResource unknownEnum(String field, int number) {
        return new RejectedResource(field, "unknown value " + number);
    }

    static NamespacedHostname hostname(String field, String namespace, String hostname) throws RejectedResource {
        return new NamespacedHostname(
                WireLimits.required(field + ".namespace", namespace),
                WireLimits.required(field + ".hostname", hostname));
    }

    static GatewayReference gateway(String field, GatewayAddress gateway) throws RejectedResource {
        int port = port(field + ".hbone_mtls_port", gateway.getHboneMtlsPort());
        return switch (gateway.getDestinationCase()) {
            case HOSTNAME ->
                new GatewayReference.ByHostname(
                        hostname(
                                field + ".hostname",
                                gateway.getHostname().getNamespace(),
                                gateway.getHostname().getHostname()),
                        port);
            case ADDRESS ->
                new GatewayReference.ByAddress(
                        new NetworkAddress(
                                WireLimits.text(
                                        field + ".address.network",
                                        gateway.getAddress().getNetwork()),
                                ip(field + ".address", gateway.getAddress().getAddress())),
                        port);
            case DESTINATION_NOT_SET -> throw new RejectedResource(field, "neither a host name nor an address");
        };
    }

    /** Only for a reference that is present. */
    static GatewayAddress gateway(GatewayReference reference) {
        return switch (reference) {
            case GatewayReference.None() -> throw new IllegalArgumentException("no gateway to encode");
            case GatewayReference.ByHostname(NamespacedHostname name, int port) ->
                GatewayAddress.newBuilder()
                        .setHostname(dev.ambit.adapters.xds.proto.workload.NamespacedHostname.newBuilder()
                                .setNamespace(name.namespace())
                                .setHostname(name.hostname()))
                        .setHboneMtlsPort(port)
                        .build();
            case GatewayReference.ByAddress(NetworkAddress address, int port) ->
                GatewayAddress.newBuilder()
                        .setAddress(dev.ambit.adapters.xds.proto.workload.NetworkAddress.newBuilder()
                                .setNetwork(address.network())
                                .setAddress(bytes(address.ip())))
                        .setHboneMtlsPort(port)
                        .build();
        };
    }

    private Wire() {}
}

package dev.ambit.domain.flow;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.address.IpPort;
import dev.ambit.domain.identity.SpiffeId;
import java.nio.charset.StandardCharsets;

/**
 * What an application that speaks the PROXY protocol (version 2, HAProxy's specification of 2020/03/05) is told before
 * the first byte of a connection.
 *
 * @param source the original client
 * @param destination what the CONNECT asked for
 * @param identity the client's, as mutual TLS proved it
 */
public record ProxyHeader(IpPort source, IpPort destination, SpiffeId identity) {

    /** Istio's type of the TLV with the client's identity (PP2_TYPE_CUSTOM range). */
    public static final int IDENTITY_TLV = 0xd0;

    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int HEADER_BYTES = 16;
    private static final int PORTS_BYTES = 4;
    private static final int TLV_BYTES = 3;

    /**
     * The header on the wire. The protocol has one family for both addresses: where they differ, the IPv4 one is written
     * as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2), as HAProxy does.
     */
    public byte[] encode() {
        boolean v4 = source.ip().isV4() && destination.ip().isV4();
        byte[] from = bytes(source.ip(), v4);
        byte[] to = bytes(destination.ip(), v4);
        byte[] name = identity.toString().getBytes(StandardCharsets.UTF_8);
        int length = from.length + to.length + PORTS_BYTES + TLV_BYTES + name.length;
        byte[] header = new byte[HEADER_BYTES + length];
        int at = put(header, 0, SIGNATURE);
        at = put(header, at, new byte[] {VERSION_2_PROXY, (byte) (v4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6)});
        at = put(header, at, word(length));
        at = put(header, at, from);
        at = put(header, at, to);
        at = put(header, at, word(source.port()));
        at = put(header, at, word(destination.port()));
        at = put(header, at, new byte[] {(byte) IDENTITY_TLV});
        at = put(header, at, word(name.length));
        put(header, at, name);
        return header;
    }

    private static int put(byte[] header, int at, byte[] part) {
        System.arraycopy(part, 0, header, at, part.length);
        return at + part.length;
    }

    /** Two bytes, in network order. */
    private static byte[] word(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static byte[] bytes(IpAddress ip, boolean v4) {
        if (v4 || !ip.isV4()) {
            return ip.bytes();
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(ip.bytes(), 0, mapped, 12, 4);
        return mapped;
    }
}

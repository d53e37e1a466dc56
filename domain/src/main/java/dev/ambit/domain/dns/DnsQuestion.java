package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import java.util.Optional;

/**
 * What a query asks.
 *
 * @param type number of the record type, see {@link RecordType}
 * @param recordClass number of the class; 1 is the Internet
 */
public record DnsQuestion(DnsName name, int type, int recordClass) {
    static final int INTERNET = 1;

    public static DnsQuestion forAddress(DnsName name, IpAddress.Family family) {
        return new DnsQuestion(name, typeOf(family), INTERNET);
    }

    /** The address family that is asked for; empty if the question is about anything else. */
    public Optional<IpAddress.Family> family() {
        if (recordClass != INTERNET) {
            return Optional.empty();
        }
        return switch (type) {
            case RecordType.A -> Optional.of(IpAddress.Family.IPV4);
            case RecordType.AAAA -> Optional.of(IpAddress.Family.IPV6);
            default -> Optional.empty();
        };
    }

    static int typeOf(IpAddress.Family family) {
        return family == IpAddress.Family.IPV4 ? RecordType.A : RecordType.AAAA;
    }
}

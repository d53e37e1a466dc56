package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The resource records of a message (RFC 1035 section 4.1.3), read without trusting a single length in it. */
final class Records {
    /** Type, class, TTL and length, after the name. */
    private static final int FIXED_BYTES = 10;

    /** The DO bit among the 16 that EDNS keeps in the lower half of the TTL. */
    private static final int DNSSEC_OK = 0x8000;

    /** One record's place: its fixed part, and where its data ends. */
    private record Place(int type, int fixed, int end) {}

    private static Optional<Place> at(byte[] message, int from) {
        int fixed = NameBytes.skip(message, from);
        if (fixed < 0 || fixed + FIXED_BYTES > message.length) {
            return Optional.empty();
        }
        int end = fixed + FIXED_BYTES + Bytes.getShort(message, fixed + 8);
        return end > message.length
                ? Optional.empty()
                : Optional.of(new Place(Bytes.getShort(message, fixed), fixed, end));
    }

    private static int count(byte[] message, int headerField) {
        return Bytes.getShort(message, headerField);
    }

    /** What the OPT record says, if there is one; empty if there is anything after the question that is not a record. */
    static Optional<Edns> edns(byte[] message, int from) {
        int records = count(message, 6) + count(message, 8) + count(message, 10);
        Edns found = Edns.NONE;
        int next = from;
        // Each record takes eleven bytes of the message at least, so the count cannot make this long.
        for (int i = 0; i < records; i++) {
            Optional<Place> place = at(message, next);
            if (place.isEmpty()) {
                return Optional.empty();
            }
            int fixed = place.get().fixed();
            if (place.get().type() == RecordType.OPT) {
                if (found.present()) {
                    return Optional.empty();
                }
                found = new Edns(
                        true,
                        Math.max(Bytes.getShort(message, fixed + 2), DnsReply.DATAGRAM_BYTES_MIN),
                        (Bytes.getShort(message, fixed + 6) & DNSSEC_OK) != 0,
                        message[fixed + 5] & 0xff);
            }
            next = place.get().end();
        }
        return Optional.of(found);
    }

    /** The addresses in a reply's answer, whosever they are: a CNAME chain ends in them. */
    static List<IpAddress> addresses(byte[] reply, int questionEnd, IpAddress.Family family) {
        List<IpAddress> addresses = new ArrayList<>();
        int next = questionEnd;
        for (int i = count(reply, 6); i > 0; i--) {
            Optional<Place> place = at(reply, next);
            if (place.isEmpty()) {
                break;
            }
            next = place.get().end();
            int data = place.get().fixed() + FIXED_BYTES;
            if (place.get().type() == DnsQuestion.typeOf(family) && next - data == family.bits() / 8) {
                IpAddress.ofBytes(Arrays.copyOfRange(reply, data, next)).ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    private Records() {}
}

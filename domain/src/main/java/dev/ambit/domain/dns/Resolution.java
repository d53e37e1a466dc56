package dev.ambit.domain.dns;

import dev.ambit.domain.address.IpAddress;
import dev.ambit.domain.service.MeshService;
import java.util.List;

/** What to answer, and why. */
public sealed interface Resolution {

    /** One phrase for the log. */
    String why();

    /**
     * The name is a service's, and it has such addresses.
     *
     * @param owner whose the address records are; not the requested name if a search domain was taken off it, which a
     *     CNAME record then says
     * @param addresses in random order, so that clients that take the first spread themselves
     */
    record Found(MeshService service, DnsName owner, List<IpAddress> addresses) implements Resolution {
        public Found {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String why() {
            return "success";
        }
    }

    /** The name is a service's, but it has no such address: success without records, never "no such name". */
    record Empty(MeshService service, Lack lack) implements Resolution {
        @Override
        public String why() {
            return switch (lack) {
                case FAMILY_NOT_SERVED -> "service does not support this record type";
                case NO_ADDRESS -> "no records";
            };
        }
    }

    /** Why a known service has no record. */
    enum Lack {
        /** The service has addresses of the other family only, or IPv6 is switched off. */
        FAMILY_NOT_SERVED,
        /** Nothing of the family in the client's network; no endpoint. */
        NO_ADDRESS
    }

    /** Not ours to answer: ask the pod's ordinary resolver. */
    record Forward(Foreign foreign) implements Resolution {
        @Override
        public String why() {
            return "forwarded";
        }
    }

    /** Why a question is not ours. */
    enum Foreign {
        /** It asks for something else than an address. */
        NOT_AN_ADDRESS,
        /** No service that the client may see has this name. */
        UNKNOWN_NAME
    }

    /** The control plane has not said who the client is, so neither its namespace nor its network are known. */
    record ClientUnknown() implements Resolution {
        @Override
        public String why() {
            return "unknown source";
        }
    }
}

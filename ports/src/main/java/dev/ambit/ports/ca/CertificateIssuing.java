package dev.ambit.ports.ca;

import dev.ambit.domain.identity.SpiffeId;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The issuing use case, driven by the wire (istio.v1.auth.IstioCertificateService): authenticate, decide, sign, and leave
 * a line in the audit log. May block.
 */
@FunctionalInterface
public interface CertificateIssuing {

    Answer issue(Request request);

    /**
     * What a caller asks for.
     *
     * @param bearerToken empty text if it has none
     * @param clientChain the certificates, leaf first, that the caller has proved by TLS to own and that lead to a root of this
     *     mesh; empty if it showed none
     * @param impersonated the workload the caller asks for; empty means the caller itself
     * @param peer the address that the connection comes from, by which those who are not known yet are told apart; empty if
     *     there is none
     */
    record Request(
            String bearerToken,
            List<X509Certificate> clientChain,
            String csrPem,
            Duration validity,
            Optional<String> impersonated,
            String peer) {
        public Request {
            clientChain = List.copyOf(clientChain);
        }

        /** Leaves the token out. */
        @Override
        public String toString() {
            return "certificate request for " + impersonated.orElse("the caller itself");
        }
    }

    /** What the wire answers. Refusals are opaque on purpose. */
    sealed interface Answer {
        /** Leaf, intermediates, and as the last element every root concatenated. */
        record Issued(SpiffeId identity, List<String> chainPem) implements Answer {
            public Issued {
                chainPem = List.copyOf(chainPem);
            }
        }

        record Unauthenticated() implements Answer {}

        /** The CSR is at fault; the caller may know why. */
        record InvalidRequest(String why) implements Answer {}

        /** The authority cannot sign now; the caller should try again. */
        record Unavailable() implements Answer {}

        /** This caller, or all together, ask too often; the caller should wait longer than usual. */
        record TooMany() implements Answer {}
    }
}

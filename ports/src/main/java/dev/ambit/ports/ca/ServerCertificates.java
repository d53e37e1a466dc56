package dev.ambit.ports.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** Certificates for the control plane's own TLS servers, which proxies verify with the mesh's trust bundle. */
@FunctionalInterface
public interface ServerCertificates {

    /**
     * A fresh key and a certificate for it. May block as {@link CertificateAuthority#sign} does.
     *
     * @param names what {@link dev.ambit.domain.issuing.ServerNames} takes
     * @param validity more than zero; an authority may shorten it
     * @throws IllegalArgumentException if they are not
     * @throws CertificateAuthorityException if the authority cannot sign now
     */
    ServerCertificate serverCertificate(List<String> names, Duration validity);

    /**
     * What a server presents.
     *
     * @param chain leaf, then intermediates
     */
    record ServerCertificate(PrivateKey key, List<X509Certificate> chain) {
        public ServerCertificate {
            chain = List.copyOf(chain);
        }

        /** Leaves the key out. */
        @Override
        public String toString() {
            return "server certificate " + chain.getFirst().getSerialNumber().toString(16);
        }
    }
}

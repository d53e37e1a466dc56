package dev.ambit.adapters.istiodca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** The certificate and the key everything is signed with. */
record Root(X509Certificate certificate, PrivateKey key) {

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "root " + certificate.getSubjectX500Principal();
    }
}

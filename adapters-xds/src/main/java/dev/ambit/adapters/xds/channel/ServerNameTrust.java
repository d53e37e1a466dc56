package dev.ambit.adapters.xds.channel;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a server whose chain ends at one of the given roots and whose certificate has one of the given DNS names
 * (RFC 6125, section 6). The JDK's own check knows only one name; a control plane may have two.
 */
final class ServerNameTrust extends X509ExtendedTrustManager {
    private static final int SAN_DNS = 2;
    private static final int SAN_IP = 7;

    private final X509ExtendedTrustManager chains;
    private final List<String> names;

    ServerNameTrust(Collection<X509Certificate> roots, List<String> names) throws GeneralSecurityException {
        this(chains(store(roots)), names);
    }

    private ServerNameTrust(X509ExtendedTrustManager chains, List<String> names) {
        this.chains = chains;
        this.names = List.copyOf(names);
    }

    /** Trusts whatever roots this machine trusts. */
    static ServerNameTrust ofThisMachine(List<String> names) throws GeneralSecurityException {
        return new ServerNameTrust(chains(null), names);
    }

    private static KeyStore store(Collection<X509Certificate> roots) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        try {
            store.load(null, null);
        } catch (java.io.IOException impossible) {
            throw new GeneralSecurityException("an empty key store cannot fail to load", impossible);
        }
        int index = 0;
        for (X509Certificate root : roots) {
            store.setCertificateEntry("root-" + index++, root);
        }
        return store;
    }

    /** Without a store, the platform's. */
    private static X509ExtendedTrustManager chains(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        chains.checkServerTrusted(chain, authType);
        List<String> presented = presented(chain[0]);
        for (String name : names) {
            if (presented.stream().anyMatch(pattern -> matches(pattern, name))) {
                return;
            }
        }
        throw new CertificateException("the control plane's certificate is for " + presented + ", expected one of "
                + names + " (set the alternative host name if that is the right server)");
    }

    private static List<String> presented(X509Certificate leaf) throws CertificateException {
        var presented = new ArrayList<String>();
        Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                int kind = (Integer) alternative.get(0);
                if ((kind == SAN_DNS || kind == SAN_IP) && alternative.get(1) instanceof String value) {
                    presented.add(value);
                }
            }
        }
        return presented;
    }

    /** A wildcard stands for exactly the first label. */
    private static boolean matches(String pattern, String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        String given = pattern.toLowerCase(Locale.ROOT);
        if (!given.startsWith("*.")) {
            return given.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        return dot > 0 && wanted.substring(dot).equals(given.substring(1));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this side trusts servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chains.getAcceptedIssuers();
    }
}

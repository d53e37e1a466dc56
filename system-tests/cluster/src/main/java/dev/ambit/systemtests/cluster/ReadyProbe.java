package dev.ambit.systemtests.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Asks an API server whether it is ready. */
record ReadyProbe(ServerFiles files) {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final long PAUSE_MILLIS = 50;

    boolean isReady() {
        // It writes its own certificate when it starts.
        if (!Files.exists(files.servingCertificate())) {
            return false;
        }
        try {
            URLConnection connection =
                    URI.create(files.url() + "/readyz").toURL().openConnection();
            if (!(connection instanceof HttpsURLConnection https)) {
                throw new IllegalStateException("not HTTPS: " + files.url());
            }
            https.setSSLSocketFactory(trust().getSocketFactory());
            https.setRequestProperty("Authorization", "Bearer " + files.adminToken());
            https.setConnectTimeout(TIMEOUT_MILLIS);
            https.setReadTimeout(TIMEOUT_MILLIS);
            return https.getResponseCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the API server's certificate cannot be read", broken);
        }
    }

    private SSLContext trust() throws IOException, GeneralSecurityException {
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        try (InputStream pem = Files.newInputStream(files.servingCertificate())) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                roots.setCertificateEntry("root-" + roots.size(), certificate);
            }
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(roots);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Waits a moment before the next question. */
    void pause() throws InterruptedException {
        new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}

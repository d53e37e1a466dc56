package dev.ambit.adapters.vaultca;

import dev.ambit.ports.ca.CertificateAuthorityException;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.Logical;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonValue;
import io.github.jopenlibs.vault.response.LogicalResponse;
import java.net.HttpURLConnection;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The roots of every issuer in the PKI engine's mount, so that a root can be replaced there in stages: import the new
 * issuer, wait until everybody trusts it, make it the default one, remove the old.
 */
final class VaultRoots {
    private static final int ISSUERS_MAX = 100;

    private final VaultSession session;
    private final VaultDrivers drivers;
    private final String mount;
    private volatile @Nullable String known;

    VaultRoots(VaultSession session, VaultDrivers drivers, String mount) {
        this.session = session;
        this.drivers = drivers;
        this.mount = mount;
    }

    /**
     * All roots as they were read last, in an order that depends on nothing but themselves.
     *
     * @throws CertificateAuthorityException if they have never been read
     */
    String pem() {
        String last = known;
        if (last == null) {
            throw new CertificateAuthorityException(
                    "the roots of Vault's mount " + mount + " at " + drivers.address() + " have not been read yet");
        }
        return last;
    }

    /** All roots, this one among them, which may be newer than what we know. */
    String pemWith(X509Certificate root) {
        String text = CertificateTexts.write(root);
        String last = known;
        if (last != null && last.contains(text)) {
            return last;
        }
        String fresh = read();
        if (!fresh.contains(text)) {
            throw new CertificateAuthorityException("Vault at " + drivers.address() + " signs with root "
                    + root.getSubjectX500Principal() + ", which is not among the issuers of mount " + mount
                    + "; import it there");
        }
        return fresh;
    }

    /**
     * Reads them anew.
     *
     * @throws CertificateAuthorityException if that fails; what was known is still known
     */
    synchronized String read() {
        try {
            var roots = new TreeSet<String>();
            for (String chain : session.run(vault -> chains(vault.logical().withNameSpace(drivers.namespace())))) {
                CertificateTexts.read(chain).stream()
                        .filter(CertificateTexts::isRoot)
                        .map(CertificateTexts::write)
                        .forEach(roots::add);
            }
            if (roots.isEmpty()) {
                throw new CertificateAuthorityException("no issuer of Vault's mount " + mount
                        + " has a chain that ends in a root; set the signed intermediate with its whole chain");
            }
            String pem = String.join("", roots);
            known = pem;
            return pem;
        } catch (VaultException e) {
            throw VaultFailure.of(drivers.address(), "reading the roots of " + mount, e);
        } catch (CertificateException e) {
            throw new CertificateAuthorityException("the issuers of Vault's mount " + mount + " cannot be read", e);
        }
    }

    /** Older than multiple issuers, or a policy that does not let us list them: the default issuer's chain then. */
    private List<String> chains(Logical vault) throws VaultException {
        List<String> issuers = vault.list(mount + "/issuers").getListData();
        if (issuers.isEmpty()) {
            return List.of(chain(vault.read(mount + "/cert/ca_chain"), "certificate"));
        }
        if (issuers.size() > ISSUERS_MAX) {
            throw new CertificateAuthorityException("Vault's mount " + mount + " has " + issuers.size()
                    + " issuers, at most " + ISSUERS_MAX + " are read");
        }
        var chains = new ArrayList<String>();
        for (String issuer : issuers) {
            VaultPath.check("issuer in Vault", issuer);
            chains.add(chain(vault.read(mount + "/issuer/" + issuer + "/json"), "ca_chain"));
        }
        return chains;
    }

    private String chain(LogicalResponse answer, String field) {
        int status = answer.getRestResponse().getStatus();
        if (status != HttpURLConnection.HTTP_OK) {
            throw VaultFailure.of(
                    drivers.address(),
                    "reading the roots of " + mount,
                    status,
                    answer.getRestResponse().getBody());
        }
        return joined(answer, field);
    }

    /** A list of PEM texts, which Vault writes as a JSON array, or as one text. */
    static String joined(LogicalResponse answer, String field) {
        String text = answer.getData().getOrDefault(field, "");
        if (!text.startsWith("[")) {
            return text;
        }
        var joined = new StringBuilder();
        for (JsonValue part : Json.parse(text).asArray()) {
            joined.append(part.asString()).append('\n');
        }
        return joined.toString();
    }
}

package dev.ambit.adapters.vaultca;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.ServerNames;
import dev.ambit.ports.ca.CertificateAuthority;
import dev.ambit.ports.ca.CertificateAuthorityException;
import dev.ambit.ports.ca.ServerCertificates;
import dev.ambit.ports.ca.TrustBundle;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.api.pki.Credential;
import io.github.jopenlibs.vault.api.pki.CredentialFormat;
import io.github.jopenlibs.vault.api.pki.PrivateKeyFormat;
import io.github.jopenlibs.vault.response.LogicalResponse;
import io.github.jopenlibs.vault.response.PkiResponse;
import java.net.HttpURLConnection;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs with Vault's PKI engine. Vault decides the rest of a certificate by its role; what it answers is believed only if it
 * is a certificate for exactly the identity that was asked for.
 *
 * <p>Nothing is retried here but a login that ended early: when to ask again is for whoever calls.
 */
public final class VaultCertificateAuthority implements CertificateAuthority, ServerCertificates, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VaultCertificateAuthority.class);

    /** How often the token and the roots are looked after. */
    public static final Duration UPKEEP = Duration.ofSeconds(10);

    private static final int URI_NAME = 6;
    private static final List<String> USAGES = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    private static final int SERIAL_RADIX = 16;

    private final VaultCaOptions options;
    private final VaultDrivers drivers;
    private final VaultSession session;
    private final VaultRoots roots;
    private final ScheduledExecutorService upkeep = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("vault-upkeep").factory());
    private volatile Optional<String> impediment = Optional.of("Vault has not been asked yet");

    private VaultCertificateAuthority(VaultCaOptions options, InstantSource clock) {
        this.options = options;
        this.drivers = new VaultDrivers(options);
        this.session = new VaultSession(drivers, options.login(), clock);
        this.roots = new VaultRoots(session, drivers, options.mount());
    }

    /**
     * Logs in and reads the roots; from then on both are kept fresh, every {@link #UPKEEP}.
     *
     * @throws CertificateAuthorityException if the file of trusted certificates cannot be used
     */
    public static VaultCertificateAuthority open(VaultCaOptions options, InstantSource clock) {
        var authority = new VaultCertificateAuthority(options, clock);
        authority.tend();
        var _ = authority.upkeep.scheduleWithFixedDelay(
                authority::tend, UPKEEP.toMillis(), UPKEEP.toMillis(), TimeUnit.MILLISECONDS);
        return authority;
    }

    /** Sees by use whether Vault would sign: the token is renewed when it is time, the roots are read. */
    void tend() {
        try {
            session.tend();
            roots.read();
            works();
        } catch (CertificateAuthorityException e) {
            fails(e);
        } catch (RuntimeException e) {
            LOG.error("upkeep of Vault failed, will try again\taddress={}", drivers.address(), e);
        }
    }

    private void works() {
        if (impediment.isPresent()) {
            LOG.info("Vault works\taddress={} mount={}", drivers.address(), options.mount());
        }
        impediment = Optional.empty();
    }

    private CertificateAuthorityException fails(CertificateAuthorityException failure) {
        String why = String.valueOf(failure.getMessage());
        if (!impediment.equals(Optional.of(why))) {
            LOG.warn("Vault does not work, certificates that exist live on\twhy=\"{}\"", why);
        }
        impediment = Optional.of(why);
        return failure;
    }

    @Override
    public SigningResult sign(SigningRequest request) {
        SpiffeId identity = request.identity();
        if (!identity.trustDomain().equals(options.trustDomain())) {
            return new SigningResult.Rejected(
                    "identity " + identity + " is not in trust domain " + options.trustDomain());
        }
        try {
            SigningResult result = result(request);
            works();
            return result;
        } catch (CertificateAuthorityException e) {
            throw fails(e);
        }
    }

    private SigningResult result(SigningRequest request) {
        LogicalResponse answer = signed(request);
        int status = answer.getRestResponse().getStatus();
        byte[] body = answer.getRestResponse().getBody();
        return switch (status) {
            case HttpURLConnection.HTTP_OK -> checked(answer, request);
            case HttpURLConnection.HTTP_BAD_REQUEST ->
                new SigningResult.Rejected(String.valueOf(
                        VaultFailure.of(drivers.address(), task(), status, body).getMessage()));
            default -> throw VaultFailure.of(drivers.address(), task(), status, body);
        };
    }

    private String task() {
        return options.signing().path() + " by role " + options.role() + " of " + options.mount();
    }

    private LogicalResponse signed(SigningRequest request) {
        Map<String, Object> wishes = Map.of(
                "csr",
                request.csrPem(),
                "uri_sans",
                request.identity().toString(),
                "ttl",
                Math.max(1, request.validity().toSeconds()) + "s",
                "exclude_cn_from_sans",
                true,
                // sign-verbatim has no role's usages to fall back on.
                "ext_key_usage",
                "ServerAuth,ClientAuth");
        String path = options.mount() + "/" + options.signing().path() + "/" + options.role();
        try {
            LogicalResponse first = write(path, wishes);
            if (first.getRestResponse().getStatus() != HttpURLConnection.HTTP_FORBIDDEN) {
                return first;
            }
            // Somebody revoked our token, or Vault was restored from an older state.
            session.forget();
            return write(path, wishes);
        } catch (VaultException e) {
            throw VaultFailure.of(drivers.address(), task(), e);
        }
    }

    private LogicalResponse write(String path, Map<String, Object> wishes) throws VaultException {
        return session.run(
                vault -> vault.logical().withNameSpace(drivers.namespace()).write(path, wishes));
    }

    private SigningResult checked(LogicalResponse answer, SigningRequest request) {
        try {
            List<X509Certificate> leaves =
                    CertificateTexts.read(answer.getData().getOrDefault("certificate", ""));
            if (leaves.size() != 1) {
                throw new CertificateAuthorityException(task() + " answered with " + leaves.size() + " certificates");
            }
            X509Certificate leaf = leaves.getFirst();
            requireFor(request, leaf);
            List<X509Certificate> issuers = CertificateTexts.read(VaultRoots.joined(answer, "ca_chain"));
            List<String> chain = Stream.concat(Stream.of(leaf), withoutRoots(issuers).stream())
                    .map(CertificateTexts::write)
                    .toList();
            String trusted = issuers.stream()
                    .filter(CertificateTexts::isRoot)
                    .findFirst()
                    .map(roots::pemWith)
                    .orElseGet(roots::pem);
            return new SigningResult.Signed(
                    chain,
                    trusted,
                    leaf.getSerialNumber().toString(SERIAL_RADIX),
                    leaf.getNotAfter().toInstant());
        } catch (CertificateException e) {
            throw new CertificateAuthorityException(task() + " answered with what is no certificate", e);
        }
    }

    private static List<X509Certificate> withoutRoots(List<X509Certificate> chain) {
        return chain.stream().filter(link -> !CertificateTexts.isRoot(link)).toList();
    }

    /** A role that is set up wrongly must not give somebody a name that nobody decided about. */
    private void requireFor(SigningRequest request, X509Certificate leaf) throws CertificateException {
        SpiffeId identity = request.identity();
        if (!leaf.getPublicKey().equals(request.key())) {
            throw misconfigured("certifies another key than the one that was asked for");
        }
        var names = leaf.getSubjectAlternativeNames();
        if (names == null || !List.copyOf(names).equals(List.of(List.of(URI_NAME, identity.toString())))) {
            throw misconfigured(
                    "certifies other names than " + identity + ": " + VaultFailure.printable(String.valueOf(names))
                            + "; set use_csr_sans=false and allow its uri_sans");
        }
        if (leaf.getBasicConstraints() >= 0) {
            throw misconfigured("makes certificate authorities; use a role for leaves");
        }
        List<String> usages = leaf.getExtendedKeyUsage();
        if (usages == null || !usages.containsAll(USAGES)) {
            throw misconfigured("does not allow both ends of a connection: " + usages
                    + "; set server_flag and client_flag to true");
        }
    }

    private CertificateAuthorityException misconfigured(String what) {
        return new CertificateAuthorityException(
                "role " + options.role() + " of Vault's mount " + options.mount() + " " + what);
    }

    @Override
    public TrustBundle trustBundle() {
        return new TrustBundle(roots.pem(), "");
    }

    @Override
    public Optional<String> impediment() {
        return impediment;
    }

    @Override
    public ServerCertificate serverCertificate(List<String> names, Duration validity) {
        var known = ServerNames.of(names);
        String task = "issuing for " + names + " by role " + options.serverRole() + " of " + options.mount();
        try {
            PkiResponse answer = session.run(vault -> vault.pki(options.mount())
                    .withNameSpace(drivers.namespace())
                    .issue(
                            options.serverRole(),
                            names.getFirst(),
                            known.dnsNames(),
                            known.addresses(),
                            Math.max(1, validity.toSeconds()) + "s",
                            CredentialFormat.PEM,
                            PrivateKeyFormat.PKCS8));
            int status = answer.getRestResponse().getStatus();
            if (status != HttpURLConnection.HTTP_OK) {
                throw VaultFailure.of(
                        drivers.address(),
                        task,
                        status,
                        answer.getRestResponse().getBody());
            }
            Credential credential = answer.getCredential();
            return new ServerCertificate(
                    CertificateTexts.readKey(credential.getPrivateKey()),
                    withoutRoots(CertificateTexts.read(
                            credential.getCertificate() + "\n" + String.join("\n", credential.getCaChain()))));
        } catch (VaultException e) {
            throw VaultFailure.of(drivers.address(), task, e);
        } catch (GeneralSecurityException e) {
            throw new CertificateAuthorityException(task + " answered with what cannot be read", e);
        }
    }

    @Override
    public void close() {
        upkeep.shutdownNow();
        session.close();
        drivers.close();
    }
}

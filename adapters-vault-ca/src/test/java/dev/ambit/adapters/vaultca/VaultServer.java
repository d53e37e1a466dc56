package dev.ambit.adapters.vaultca;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.jopenlibs.vault.SslConfig;
import io.github.jopenlibs.vault.Vault;
import io.github.jopenlibs.vault.VaultConfig;
import io.github.jopenlibs.vault.VaultException;
import io.github.jopenlibs.vault.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Vault, built from its sources (once) and started on loopback, or the one that {@code VAULT_ADDR} and
 * {@code VAULT_TOKEN} name.
 */
public final class VaultServer implements AutoCloseable {
    private static final String OWN_ROOT_TOKEN = "root";

    private static final Path BUILD = Path.of("system-tests", "cluster", "build");

    private final Optional<Process> process;
    private final URI address;
    private final String rootToken;
    private final String unsealKey;

    private VaultServer(Optional<Process> process, URI address, String rootToken, String unsealKey) {
        this.process = process;
        this.address = address;
        this.rootToken = rootToken;
        this.unsealKey = unsealKey;
    }

    /** One that is only used and not tormented: the one that the environment names, else one of our own. */
    public static VaultServer any() throws IOException {
        String given = System.getenv("VAULT_ADDR");
        String token = System.getenv("VAULT_TOKEN");
        return given == null || token == null
                ? start()
                : new VaultServer(Optional.empty(), URI.create(given), token, "");
    }

    /** Starts one. */
    public static VaultServer start(String... certificateAndKey) throws IOException {
        var command = new ArrayList<String>(List.of(built().toString(), OWN_ROOT_TOKEN));
        command.addAll(List.of(certificateAndKey));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = process.inputReader(StandardCharsets.UTF_8).readLine();
            assertThat(said).as("what Vault says when it is ready").isNotNull().contains(" ");
            String scheme = certificateAndKey.length == 0 ? "http://" : "https://";
            return new VaultServer(
                    Optional.of(process),
                    URI.create(scheme + said.substring(0, said.indexOf(' '))),
                    OWN_ROOT_TOKEN,
                    said.substring(said.indexOf(' ') + 1));
        } catch (IOException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static Path script() {
        return Stream.iterate(Path.of("").toAbsolutePath(), at -> at != null, Path::getParent)
                .map(at -> at.resolve(BUILD))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + BUILD + " above; run tests inside the repository"));
    }

    /** Says on the terminal what it does; from the second time on it only looks. */
    private static Path built() throws IOException {
        Process build = new ProcessBuilder(script().toString(), "vault")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = build.inputReader(StandardCharsets.UTF_8)) {
            String folder = out.readLine();
            assertThat(folder).as("the folder that %s names", BUILD).isNotNull();
            Path program = Path.of(folder, "vault");
            assertThat(Files.isExecutable(program)).as(program.toString()).isTrue();
            return program;
        }
    }

    public URI address() {
        return address;
    }

    public String token() {
        return rootToken;
    }

    VaultSecret rootToken() {
        return VaultSecret.of(rootToken);
    }

    /** As root. */
    Vault root() {
        try {
            return Vault.create(
                    new VaultConfig()
                            .address(address.toString())
                            .token(rootToken)
                            .sslConfig(new SslConfig().verify(false).build())
                            .build(),
                    1);
        } catch (VaultException e) {
            throw new AssertionError(e);
        }
    }

    /** A call that must succeed. */
    public Map<String, String> write(String path, Map<String, Object> values) {
        try {
            var answer = root().logical().write(path, values);
            assertThat(answer.getRestResponse().getStatus())
                    .as(path + ": " + new String(answer.getRestResponse().getBody(), StandardCharsets.UTF_8))
                    .isBetween(200, 299);
            return answer.getData();
        } catch (VaultException e) {
            throw new AssertionError(path, e);
        }
    }

    /** A PKI engine of its own, with a root. */
    public String mountWithRoot(String name) {
        String mount = emptyMount();
        write(mount + "/root/generate/internal", Map.of("common_name", name, "key_type", "ec", "ttl", "8760h"));
        return mount;
    }

    String emptyMount() {
        String mount = "pki-" + UUID.randomUUID();
        write(
                "sys/mounts/" + mount,
                Map.of("type", "pki", "config", Json.object().add("max_lease_ttl", "87600h")));
        return mount;
    }

    /** As docs/adapters/adapters-vault-ca.md tells an operator to set it up. */
    public void workloadRole(String mount, String name) {
        workloadRole(mount, name, Map.of());
    }

    void workloadRole(String mount, String name, Map<String, Object> changes) {
        var role = new HashMap<String, Object>(Map.of(
                "allowed_uri_sans", "spiffe://cluster.local/*",
                "allow_any_name", false,
                "require_cn", false,
                "use_csr_sans", false,
                "use_csr_common_name", false,
                "key_type", "any",
                "max_ttl", "2160h"));
        role.putAll(changes);
        write(mount + "/roles/" + name, role);
    }

    /** For the control plane's own servers. */
    public void serverRole(String mount, Map<String, Object> changes) {
        var role = new HashMap<String, Object>(Map.of(
                "allowed_domains", "istiod.istio-system.svc,localhost",
                "allow_bare_domains", true,
                "allow_ip_sans", true,
                "key_type", "ec",
                "max_ttl", "72h"));
        role.putAll(changes);
        write(mount + "/roles/server", role);
    }

    public void policy(String name, String rules) {
        write("sys/policies/acl/" + name, Map.of("policy", rules));
    }

    public void seal() {
        write("sys/seal", Map.of());
    }

    public void unseal() {
        try {
            assertThat(root().sys().seal().unseal(unsealKey).getSealed()).isFalse();
        } catch (VaultException e) {
            throw new AssertionError(e);
        }
    }

    /** Stops without an end, as a machine does that swaps: connections open, nothing answers. */
    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            assertThat(new ProcessBuilder(
                                    "kill",
                                    "-" + name,
                                    Long.toString(process.orElseThrow().pid()))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process.isEmpty()) {
            return;
        }
        try {
            process.get().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

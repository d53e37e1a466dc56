package dev.ambit.adapters.k8s.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.adapters.k8s.manifests.ManifestFolder.Contents;
import dev.ambit.adapters.k8s.translate.UnreadablePolicy;
import dev.ambit.domain.policy.PolicyName;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.ConfigurationProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be wrong with files. */
@Timeout(60)
class ManifestFolderTest {
    private static final String NAMESPACE = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            """;
    private static final String POLICY = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: guard, namespace: shop}
            spec:
              selector: {matchLabels: {app: cart}}
            """;

    private Folder folder = new Folder(Path.of("."));
    private ManifestFolder manifests = folder(Path.of("."), ManifestLimits.defaults());

    @BeforeEach
    void create(@TempDir Path path) {
        folder = new Folder(path);
        manifests = folder(path, ManifestLimits.defaults());
    }

    private static ManifestFolder folder(Path path, ManifestLimits limits) {
        return new ManifestFolder(path, limits, "istio-system", InstantSource.system());
    }

    private Contents read(String yaml) {
        folder.write("a.yaml", yaml);
        return manifests.read();
    }

    private static List<String> problems(Contents contents) {
        return contents.problems().stream().map(ConfigurationProblem::toString).toList();
    }

    @Test
    void documentsListsAndJsonAreRead() {
        folder.write("a.yaml", NAMESPACE + "---\n# nothing\n---\n" + POLICY);
        folder.write(
                "b.json",
                "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": ["
                        + "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"bank\"}}]}");
        folder.write("c.txt", "not: [a manifest");
        folder.write(".d.yaml", "not: [a manifest");

        Contents contents = manifests.read();

        assertThat(contents.objects().keySet())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("Namespace shop", "AuthorizationPolicy shop/guard", "Namespace bank");
        assertThat(contents.problems()).isEmpty();
    }

    @Test
    void aSyntaxErrorIsReportedWithItsLineAndTheRestOfANewFileIsUsed() {
        Contents contents = read(NAMESPACE + "---\nkind: [Pod\nmetadata:\n");

        assertThat(contents.objects()).hasSize(1);
        assertThat(problems(contents)).singleElement().asString().matches("a.yaml:[67]: not YAML: .*");
    }

    @Test
    void ofAFileThatBreaksEverythingStaysUntilItIsFixed() {
        read(NAMESPACE + "---\n" + POLICY);

        Contents broken = read(NAMESPACE + "---\nkind: [x");
        assertThat(broken.objects()).hasSize(2);
        assertThat(broken.problems()).hasSize(1);
        assertThat(manifests.read()).isEqualTo(broken);

        Contents fixed = read(NAMESPACE);
        assertThat(fixed.objects()).hasSize(1);
        assertThat(fixed.problems()).isEmpty();
    }

    @Test
    void anEmptiedFileKeepsItsObjectsAndADeletedOneDoesNot() {
        read(NAMESPACE);

        assertThat(read("").objects()).hasSize(1);
        assertThat(problems(manifests.read())).singleElement().asString().contains("is empty");
        folder.delete("a.yaml");
        assertThat(manifests.read()).isEqualTo(new Contents(Map.of(), List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            spec: {action: DENYY}                             | a.yaml:4 | spec.action
            spec: {rules: [{form: []}]}                       | a.yaml:4 | spec.rules[0].form: unknown field
            spec: {selector: {matchLabel: {app: a}}}          | a.yaml:4 | spec.selector.matchLabel: unknown field
            spec: {rules: [{to: [{operation: {ports: [80]}}]}]} | a.yaml:4 | is not text: put it in quotes
            spec: {rules: 1}                                  | a.yaml:4 | spec.rules
            spec: {selector: {matchLabels: [a]}}              | a.yaml:4 | spec.selector.matchLabels
            """)
    void aNewPolicyThatIsNotUnderstoodIsClosed(String spec, String where, String why) {
        Contents contents = read("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: guard, namespace: shop}
                """ + spec);

        assertThat(problems(contents))
                .singleElement()
                .asString()
                .startsWith(where)
                .contains(why);
        assertThat(contents.unreadable())
                .containsExactly(
                        new UnreadablePolicy(UnreadablePolicy.Kind.DENY, new PolicyName("shop", "guard"), Map.of()));
    }

    @Test
    void aClosedPolicyKeepsItsSelectorAndActionIfTheyAreReadable() {
        Contents contents = read(POLICY + "  action: ALLOW\n  ruls: []\n");

        assertThat(contents.unreadable())
                .containsExactly(new UnreadablePolicy(
                        UnreadablePolicy.Kind.ALLOW, new PolicyName("shop", "guard"), Map.of("app", "cart")));
        assertThat(problems(contents))
                .containsExactly("a.yaml:7: AuthorizationPolicy shop/guard: spec.ruls: unknown field");
    }

    @Test
    void ofAPolicyThatBreaksTheLastGoodOneStays() {
        read(POLICY);

        Contents contents = read(POLICY + "  ruls: []\n");

        assertThat(contents.objects()).hasSize(1);
        assertThat(contents.unreadable()).isEmpty();
        assertThat(contents.problems()).hasSize(1);
    }

    @Test
    void aNewPolicyThatIsNoYamlClosesItsNamespace() {
        Contents contents = read("""
                kind: AuthorizationPolicy
                metadata:
                  name: guard
                  namespace: shop
                spec: [
                """);

        assertThat(contents.unreadable())
                .containsExactly(
                        new UnreadablePolicy(UnreadablePolicy.Kind.DENY, new PolicyName("shop", "guard"), Map.of()));
    }

    @Test
    void anUnknownPeerAuthenticationModeIsStrict() {
        Contents contents = read("""
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: mtls, namespace: shop}
                spec:
                  mtls:
                    mode: STRIKT
                """);

        assertThat(problems(contents)).singleElement().asString().startsWith("a.yaml:6: PeerAuthentication shop/mtls");
        assertThat(contents.unreadable())
                .containsExactly(new UnreadablePolicy(
                        UnreadablePolicy.Kind.PEER_AUTHENTICATION, new PolicyName("shop", "mtls"), Map.of()));
    }

    @Test
    void anUnknownFieldElsewhereIsReportedAndTheObjectUsed() {
        Contents contents = read("""
                apiVersion: v1
                kind: Pod
                metadata: {name: cart, namespace: shop}
                spec:
                  nodename: a
                  containers: [{name: c, resources: {limits: {cpu: 1, memory: 1Gi}}, livenessProbe: {httpGet: {port: 80}}}]
                """);

        assertThat(contents.objects()).hasSize(1);
        assertThat(problems(contents)).containsExactly("a.yaml:5: Pod shop/cart: spec.nodename: unknown field");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            "kind: ConfigMap"                             | kind ConfigMap means nothing to the mesh: ignored
            "apiVersion: v1"                              | no kind: ignored
            "[1, 2]"                                      | not a Kubernetes object
            "kind: Pod\napiVersion: v2"                   | apiVersion: 'v2' is not one of [v1]
            "kind: List\napiVersion: v1\nitems: 5"        | items is not a list
            "a: 1\na: 2"                                  | key 'a' is there twice
            "a: *b"                                       | has no anchor before it
            "a: !!binary aGk="                            | is not supported
            "a: !java.lang.Runtime x"                     | is not supported
            "? [a]\n: b"                                  | a key must be text
            "a: b: c"                                     | not YAML
            "\ta: b"                                      | not YAML
            """)
    void whatIsNoObjectIsReported(String yaml, String why) {
        Contents contents = read(yaml.replace("\\n", "\n").replace("\\t", "\t"));

        assertThat(contents.objects()).isEmpty();
        assertThat(problems(contents))
                .singleElement()
                .asString()
                .startsWith("a.yaml:")
                .contains(why);
    }

    @Test
    void ofDuplicatesTheFirstFileWins() {
        folder.write("a.yaml", NAMESPACE);
        folder.write("b.yaml", "\n" + NAMESPACE);

        Contents contents = manifests.read();

        assertThat(contents.objects().values().iterator().next().file()).isEqualTo("a.yaml");
        assertThat(problems(contents))
                .containsExactly("b.yaml:2: Namespace shop: is already in a.yaml:1, which counts");
    }

    @Test
    void aliasesWorkButCannotExplode() {
        assertThat(read("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: shop, labels: &l {a: b}, annotations: *l}
                """).problems()).isEmpty();

        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            String alias = "*a" + (i - 1) + " ";
            bomb.append("a%d: &a%d [%s]%n".formatted(i, i, String.join(",", java.util.Collections.nCopies(10, alias))));
        }
        folder.write("b.yaml", bomb.toString());
        assertThat(problems(manifests.read())).singleElement().asString().contains("more than 100000 values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: "})
    void nestingIsBounded(String opening) {
        assertThat(problems(read(opening.repeat(100_000))))
                .singleElement()
                .asString()
                .contains("nested more than 64");
    }

    @Test
    void sizesAndCountsAreBounded() throws IOException {
        var small = new ManifestLimits(200, 2, 3, 100, 64);
        ManifestFolder bounded = folder(folder.path(), small);
        folder.write("a.yaml", "# " + "x".repeat(300));
        folder.write("b.yaml", NAMESPACE + "---\na: b\n---\nc: d\n---\ne: f\n");
        folder.write("c.yaml", NAMESPACE);
        Files.write(folder.path().resolve("a.yaml"), new byte[300]);

        assertThat(problems(bounded.read()))
                .anyMatch(text -> text.contains("3 files: only the first 2"))
                .anyMatch(text -> text.startsWith("a.yaml") && text.contains("larger than 200 bytes"))
                .anyMatch(text -> text.startsWith("b.yaml") && text.contains("more than 3 documents"));
    }

    @Test
    void onlyTextFilesInsideTheFolderAreRead(@TempDir Path outside) throws IOException {
        Path secret = Files.writeString(outside.resolve("secret.yaml"), NAMESPACE);
        Files.createSymbolicLink(folder.path().resolve("link.yaml"), secret);
        Files.createSymbolicLink(
                folder.path().resolve("dangling.yaml"), folder.path().resolve("gone"));
        Files.createDirectory(folder.path().resolve("dir.yaml"));
        Files.write(folder.path().resolve("latin.yaml"), "a: ü".getBytes(StandardCharsets.ISO_8859_1));

        Contents contents = manifests.read();

        assertThat(contents.objects()).isEmpty();
        assertThat(problems(contents))
                .containsExactly(
                        "dir.yaml: is not a file",
                        "latin.yaml: is not UTF-8 text",
                        "link.yaml: leads out of the folder: links may only point inside");
    }

    @Test
    void aFolderThatIsNotThereIsAnError() {
        ManifestFolder missing = folder(folder.path().resolve("missing"), ManifestLimits.defaults());

        assertThatThrownBy(missing::read)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("missing");
    }
}

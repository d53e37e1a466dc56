package dev.ambit.services.ztunnel.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What the mesh configures for its proxies: Istio's {@code ProxyConfig}, of which a node proxy honours these fields and
 * ignores the others. The mesh's file comes first, the variable PROXY_CONFIG over it, field by field.
 *
 * @param concurrency event loops; 0 means one per processor
 * @param proxyMetadata a prefix {@code ISTIO_META_} of a key is taken off
 */
record MeshProxyConfig(
        Optional<String> discoveryAddress,
        Optional<Integer> proxyAdminPort,
        Optional<Integer> statsPort,
        Optional<Integer> concurrency,
        Map<String, String> proxyMetadata) {

    static final String METADATA_PREFIX = "ISTIO_META_";

    private static final String VARIABLE = "PROXY_CONFIG";
    private static final MeshProxyConfig NONE =
            new MeshProxyConfig(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    private static final int BYTES_MAX = 1 << 20;
    private static final int DEPTH_MAX = 50;
    private static final int PORT_MAX = 65_535;

    MeshProxyConfig {
        proxyMetadata = Map.copyOf(proxyMetadata);
    }

    /**
     * Reads both.
     *
     * @param meshFile may be absent
     * @throws IllegalArgumentException if either cannot be used; the message names it
     */
    static MeshProxyConfig read(Path meshFile, Settings settings) {
        String source = "mesh config file " + meshFile;
        Optional<Object> defaults = file(meshFile)
                .flatMap(text -> Optional.ofNullable(mapping(source, text).get("defaultConfig")));
        MeshProxyConfig mesh =
                defaults.map(found -> of(source + ", defaultConfig", found)).orElse(NONE);
        return settings.optional(VARIABLE)
                .map(text -> mesh.overriddenBy(of(VARIABLE, mapping(VARIABLE, text))))
                .orElse(mesh);
    }

    private static Optional<String> file(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new IllegalArgumentException(
                        "mesh config file " + file + " is larger than " + BYTES_MAX + " bytes; make it smaller");
            }
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "mesh config file " + file + " cannot be read (" + e + "); mend or remove it", e);
        }
    }

    private MeshProxyConfig overriddenBy(MeshProxyConfig over) {
        var metadata = new HashMap<>(proxyMetadata);
        metadata.putAll(over.proxyMetadata);
        return new MeshProxyConfig(
                over.discoveryAddress.or(() -> discoveryAddress),
                over.proxyAdminPort.or(() -> proxyAdminPort),
                over.statsPort.or(() -> statsPort),
                over.concurrency.or(() -> concurrency),
                metadata);
    }

    private static Map<?, ?> mapping(String source, String text) {
        var options = new LoaderOptions();
        options.setCodePointLimit(BYTES_MAX);
        options.setNestingDepthLimit(DEPTH_MAX);
        options.setAllowDuplicateKeys(false);
        Object root;
        try {
            root = new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(
                    source + " is not YAML: " + String.valueOf(e.getMessage()).replaceAll("\\s+", " "), e);
        }
        return root == null ? Map.of() : mapping(source, root);
    }

    private static Map<?, ?> mapping(String source, Object value) {
        if (value instanceof Map<?, ?> mapping) {
            return mapping;
        }
        throw new IllegalArgumentException(source + " must be a mapping of field names to values");
    }

    private static MeshProxyConfig of(String source, Object value) {
        Map<?, ?> fields = mapping(source, value);
        var metadata = new HashMap<String, String>();
        Object given = fields.get("proxyMetadata");
        if (given != null) {
            mapping(source + ", proxyMetadata", given)
                    .forEach((key, it) -> metadata.put(unprefixed(key), text(source, key, it)));
        }
        return new MeshProxyConfig(
                Optional.ofNullable(fields.get("discoveryAddress")).map(it -> text(source, "discoveryAddress", it)),
                number(source, "proxyAdminPort", fields.get("proxyAdminPort")),
                number(source, "statsPort", fields.get("statsPort")),
                number(source, "concurrency", fields.get("concurrency")),
                metadata);
    }

    private static String unprefixed(Object key) {
        String name = String.valueOf(key);
        return name.startsWith(METADATA_PREFIX) ? name.substring(METADATA_PREFIX.length()) : name;
    }

    private static String text(String source, Object field, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(
                source + ": " + field + " is " + value + "; it must be text, so put it in quotes");
    }

    private static Optional<Integer> number(String source, String field, @Nullable Object value) {
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Integer number && number >= 0 && number <= PORT_MAX) {
            return Optional.of(number);
        }
        throw new IllegalArgumentException(
                source + ": " + field + " is " + value + "; it must be a whole number between 0 and " + PORT_MAX);
    }
}

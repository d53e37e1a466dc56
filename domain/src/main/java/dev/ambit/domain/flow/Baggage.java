package dev.ambit.domain.flow;

import dev.ambit.domain.workload.Locality;
import dev.ambit.domain.workload.Workload;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A workload as one node proxy describes it to another: W3C baggage (Candidate Recommendation 2024) with Istio's keys.
 * Parts are empty when unknown. Only good for telemetry: whoever sends it is free to lie.
 *
 * @param workloadType in lower case, as in the key {@code k8s.deployment.name}
 * @param workloadName the Deployment or other owner
 * @param service canonical name
 * @param version canonical revision
 */
public record Baggage(
        String cluster,
        String namespace,
        String workloadType,
        String workloadName,
        String service,
        String version,
        String region,
        String zone) {

    public static final Baggage EMPTY = new Baggage("", "", "", "", "", "", "", "");

    /** The limit the W3C sets for the whole header. */
    private static final int LENGTH_MAX = 8_192;

    private static final String CLUSTER = "k8s.cluster.name";
    private static final String NAMESPACE = "k8s.namespace.name";
    private static final String SERVICE = "service.name";
    private static final String VERSION = "service.version";
    private static final String REGION = "cloud.region";
    private static final String ZONE = "cloud.availability_zone";
    private static final String WORKLOAD_PREFIX = "k8s.";
    private static final String WORKLOAD_SUFFIX = ".name";

    public static Baggage of(Workload workload) {
        return new Baggage(
                workload.clusterId(),
                workload.namespace(),
                workload.workloadType().label(),
                workload.workloadName(),
                workload.canonical().name(),
                workload.canonical().revision(),
                workload.locality().region(),
                workload.locality().zone());
    }

    /** The header value, without the parts that are empty; of all parts together, empty for none. */
    public String format() {
        var text = new StringBuilder(192);
        append(text, CLUSTER, cluster);
        append(text, NAMESPACE, namespace);
        if (!workloadType.isEmpty()) {
            append(text, WORKLOAD_PREFIX + workloadType + WORKLOAD_SUFFIX, workloadName);
        }
        append(text, SERVICE, service);
        append(text, VERSION, version);
        append(text, REGION, region);
        append(text, ZONE, zone);
        return text.toString();
    }

    private static void append(StringBuilder text, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        if (!text.isEmpty()) {
            text.append(',');
        }
        text.append(key).append('=');
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(octet)) {
                text.append((char) octet);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
            }
        }
    }

    /** The W3C's baggage-octet, without the percent sign that introduces an encoded one. */
    private static boolean isPlain(byte octet) {
        return octet > ' '
                && octet < 127
                && octet != '"'
                && octet != ','
                && octet != ';'
                && octet != '\\'
                && octet != '%';
    }

    /**
     * Reads a header value. Never throws: members that make no sense or are not known are left out, of one that comes
     * twice the last counts, and a text longer than 8192 characters says nothing.
     */
    public static Baggage parse(String text) {
        if (text.isEmpty() || text.length() > LENGTH_MAX) {
            return EMPTY;
        }
        var members = new HashMap<String, String>();
        int start = 0;
        while (start <= text.length()) {
            int comma = text.indexOf(',', start);
            int end = comma < 0 ? text.length() : comma;
            read(text.substring(start, end), members);
            start = end + 1;
        }
        return of(members);
    }

    private static void read(String member, Map<String, String> members) {
        int properties = member.indexOf(';');
        String pair = properties < 0 ? member : member.substring(0, properties);
        int equals = pair.indexOf('=');
        if (equals <= 0) {
            return;
        }
        String value = decoded(pair.substring(equals + 1).strip());
        if (value.chars().noneMatch(Character::isISOControl)) {
            members.put(pair.substring(0, equals).strip(), value);
        }
    }

    private static Baggage of(Map<String, String> members) {
        String type = members.keySet().stream()
                .filter(Baggage::namesWorkload)
                .sorted()
                .findFirst()
                .orElse("");
        return new Baggage(
                members.getOrDefault(CLUSTER, ""),
                members.getOrDefault(NAMESPACE, ""),
                type.isEmpty()
                        ? ""
                        : type.substring(WORKLOAD_PREFIX.length(), type.length() - WORKLOAD_SUFFIX.length()),
                members.getOrDefault(type, ""),
                members.getOrDefault(SERVICE, ""),
                members.getOrDefault(VERSION, ""),
                members.getOrDefault(REGION, ""),
                members.getOrDefault(ZONE, ""));
    }

    private static boolean namesWorkload(String key) {
        return key.length() > WORKLOAD_PREFIX.length() + WORKLOAD_SUFFIX.length()
                && key.startsWith(WORKLOAD_PREFIX)
                && key.endsWith(WORKLOAD_SUFFIX)
                && !key.equals(CLUSTER)
                && !key.equals(NAMESPACE);
    }

    /** Percent-decodes UTF-8; a percent sign that introduces nothing stands for itself, as Istio does not encode. */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] from = text.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            boolean encoded = from[i] == '%'
                    && i + 2 < from.length
                    && HexFormat.isHexDigit(from[i + 1])
                    && HexFormat.isHexDigit(from[i + 2]);
            if (encoded) {
                to[length++] = (byte) (HexFormat.fromHexDigit(from[i + 1]) << 4 | HexFormat.fromHexDigit(from[i + 2]));
                i += 2;
            } else {
                to[length++] = from[i];
            }
        }
        return new String(to, 0, length, StandardCharsets.UTF_8);
    }

    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /** The party described, in the namespace that its certificate proves, whatever the baggage says. */
    Party party(String provenNamespace) {
        return new Party(
                workloadName, "", provenNamespace, service, version, cluster, "", new Locality(region, zone, ""));
    }
}

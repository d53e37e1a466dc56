package dev.ambit.services.ztunnel.config;

/** A workload that an operator names: in dedicated mode the one there is, else this proxy's own pod. */
public record ServedWorkload(String namespace, String name, String serviceAccount) {
    private static final String VARIABLE = "PROXY_WORKLOAD_INFO";
    private static final int PARTS = 3;

    static ServedWorkload read(Settings settings) {
        String value = settings.text(VARIABLE);
        String[] parts = value.split("/", PARTS);
        if (parts.length < PARTS || parts[0].isEmpty() || parts[1].isEmpty() || parts[2].isEmpty()) {
            throw Settings.unusable(
                    VARIABLE,
                    value,
                    "with PROXY_MODE=dedicated it must be namespace/name/service-account, such as default/web-1/web");
        }
        return new ServedWorkload(parts[0], parts[1], parts[2]);
    }
}

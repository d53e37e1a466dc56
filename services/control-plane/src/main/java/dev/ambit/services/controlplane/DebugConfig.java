package dev.ambit.services.controlplane;

import io.micronaut.context.annotation.ConfigurationProperties;
import java.util.List;

/**
 * Who may see how far proxies are and what they are sent, from another machine than this.
 *
 * @param allowedNamespaces namespaces of callers that may, beside the root namespace
 */
@ConfigurationProperties("control-plane.debug")
public record DebugConfig(List<String> allowedNamespaces) {
    public DebugConfig {
        // A variable that is set to nothing names nobody.
        allowedNamespaces =
                allowedNamespaces.stream().filter(text -> !text.isBlank()).toList();
    }
}

package dev.ambit.services.controlplane;

import io.micronaut.context.annotation.ConfigurationProperties;

/**
 * Where the configuration is read from.
 *
 * @param manifests folder of Kubernetes YAML
 * @param podStatus folder into which node agents report on pods
 */
@ConfigurationProperties("control-plane")
public record SourceConfig(String manifests, String podStatus) {}

package dev.ambit.services.ztunnel.config;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.env.PropertySource.PropertyConvention;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the configuration from where the framework found it. */
@Factory
final class ConfigFactory {
    /** What most container runtimes grant. */
    private static final int DESCRIPTORS_UNKNOWN = 1 << 20;

    @Context
    ZtunnelConfig config(Environment environment, @Value("${ztunnel.mesh-config-file}") String meshFile) {
        var settings = new Settings(
                variables(environment),
                variable -> environment.getProperty("ztunnel." + property(variable), String.class));
        return ZtunnelConfig.read(
                settings, Path.of(meshFile), Runtime.getRuntime().availableProcessors(), descriptors());
    }

    /** The soft limit, which the Java runtime has raised to the hard one by now. */
    private static int descriptors() {
        try (Stream<String> limits = Files.lines(Path.of("/proc/self/limits"))) {
            return limits.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s+", -1)[3])
                    .filter(soft -> soft.matches("[0-9]{1,9}"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(DESCRIPTORS_UNKNOWN);
        } catch (IOException | UncheckedIOException unreadable) {
            return DESCRIPTORS_UNKNOWN;
        }
    }

    /** The name in application.yml of what a variable sets. */
    static String property(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Variables as they are: the framework's own view folds their names and reads meaning into their values. */
    private static Map<String, String> variables(Environment environment) {
        var variables = new HashMap<String, String>();
        for (PropertySource source : environment.getPropertySources()) {
            if (source.getConvention() == PropertyConvention.ENVIRONMENT_VARIABLE) {
                source.forEach(name -> variables.put(name, String.valueOf(source.get(name))));
            }
        }
        return variables;
    }
}

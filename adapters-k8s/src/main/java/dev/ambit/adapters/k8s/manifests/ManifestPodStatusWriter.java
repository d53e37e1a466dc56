package dev.ambit.adapters.k8s.manifests;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ambit.domain.enrolment.Enrolment;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.ConfigurationException;
import dev.ambit.ports.configuration.PodStatusWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes a pod's status as a partial Pod into a folder that a {@link ManifestConfigurationSource} lays over its
 * manifests. A file appears whole or not at all.
 */
public final class ManifestPodStatusWriter implements PodStatusWriter {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][-.a-z0-9]{0,252}");

    private final Path folder;
    private final ObjectMapper mapper = JsonMapper.builder().build();

    /** Makes the folder if it is not there. */
    public ManifestPodStatusWriter(Path statusFolder) {
        this.folder = statusFolder;
        try {
            Files.createDirectories(statusFolder);
        } catch (IOException failed) {
            throw new ConfigurationException("cannot make the status folder " + statusFolder + ": " + failed, failed);
        }
    }

    @Override
    public synchronized void redirection(PodRef pod, Redirection redirection) {
        String file = fileName(pod);
        try {
            switch (redirection) {
                case ENABLED -> write(file, status(pod, "enabled"));
                case PENDING -> write(file, status(pod, "pending"));
                case ABSENT -> Files.deleteIfExists(folder.resolve(file));
            }
        } catch (IOException failed) {
            throw new ConfigurationException("cannot write the status of pod " + pod + " to " + folder, failed);
        }
    }

    /** An underscore is in no Kubernetes name, so no two pods share a file. */
    private static String fileName(PodRef pod) {
        if (!NAME.matcher(pod.namespace()).matches()
                || !NAME.matcher(pod.name()).matches()) {
            throw new ConfigurationException("not a pod's name: '" + pod + "'");
        }
        return pod.namespace() + "_" + pod.name() + ".yaml";
    }

    private byte[] status(PodRef pod, String redirection) throws JsonProcessingException {
        // JSON is YAML.
        return mapper.writerWithDefaultPrettyPrinter()
                .writeValueAsString(Map.of(
                        "apiVersion", "v1",
                        "kind", "Pod",
                        "metadata",
                                Map.of(
                                        "namespace", pod.namespace(),
                                        "name", pod.name(),
                                        "uid", pod.uid(),
                                        "annotations", Map.of(Enrolment.REDIRECTION, redirection))))
                .getBytes(UTF_8);
    }

    private void write(String file, byte[] content) throws IOException {
        Path unfinished = folder.resolve("." + file + ".tmp");
        Files.write(unfinished, content);
        Files.move(unfinished, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }
}

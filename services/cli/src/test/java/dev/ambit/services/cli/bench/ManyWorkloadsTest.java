package dev.ambit.services.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyWorkloadsTest {
    /** Of what the control plane reads: more is left out. */
    private static final int FILE_BYTES_MAX = 1 << 20;

    private static final int DOCUMENTS_PER_FILE_MAX = 1000;

    @Test
    void areAsManyAsTheLoadIsCalled(@TempDir Path folder) throws Exception {
        ManyWorkloads.write(folder);

        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertThat(all).allMatch(file -> file.toFile().length() < FILE_BYTES_MAX);
            assertThat(all)
                    .allMatch(file -> read(file).lines().filter("---"::equals).count() <= DOCUMENTS_PER_FILE_MAX);
            String yaml = all.stream().map(ManyWorkloadsTest::read).collect(Collectors.joining());
            assertThat(yaml.lines().filter("kind: Pod"::equals)).hasSize(50_000);
            assertThat(yaml.lines().filter("kind: Service"::equals)).hasSize(5_000);
            assertThat(yaml.lines().filter(line -> line.startsWith("status:"))).doesNotHaveDuplicates();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

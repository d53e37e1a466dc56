package dev.ambit.services.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordedStartTest {
    private static final Instant RECORDED = Instant.parse("2026-01-01T00:00:00Z");
    private static final String JAR = "services/ztunnel/target/ztunnel-0.1.0-SNAPSHOT.jar";
    private static final String LIBRARY = "services/ztunnel/target/lib/adapters-netty-0.1.0-SNAPSHOT.jar";
    private static final String OPTIONS = "deploy/jvm/ztunnel.options";

    @TempDir
    private Path home;

    @BeforeEach
    void builtThenRecorded() throws IOException {
        for (String part : new String[] {JAR, LIBRARY, OPTIONS}) {
            touch(part, RECORDED.minusSeconds(1));
        }
        touch(".ambit/aot/ztunnel.aot", RECORDED);
    }

    private void touch(String file, Instant changed) throws IOException {
        Path path = home.resolve(file);
        Files.createDirectories(path.getParent());
        if (Files.notExists(path)) {
            Files.createFile(path);
        }
        Files.setLastModifiedTime(path, FileTime.from(changed));
    }

    @Test
    void aRecordOfWhatIsBuiltIsUsed() {
        assertThat(RecordedStart.current(home, "ztunnel")).contains(RecordedStart.file(home, "ztunnel"));
    }

    @ParameterizedTest
    @ValueSource(strings = {JAR, LIBRARY, OPTIONS, "services/ztunnel/target/lib/new.jar"})
    void aRecordOfWhatHasChangedIsNot(String part) throws IOException {
        touch(part, RECORDED.plusSeconds(1));

        assertThat(RecordedStart.current(home, "ztunnel")).isEmpty();
    }

    @Test
    void nothingIsRecordedOfAServiceThatIsNotBuilt() {
        assertThat(RecordedStart.current(home, "cni-agent")).isEmpty();
    }
}

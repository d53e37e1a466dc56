package dev.ambit.services.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class LogWatchTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "src.addr, 10.0.0.1:80",
        "src.identity, spiffe://a/ns/b/sa/c",
        "addr, ''",
        "error, not: this time",
        "missing, ''"
    })
    void readsFieldsByTheirWholeName(String field, String value) {
        String line =
                "connection complete\tsrc.addr=10.0.0.1:80 src.identity=\"spiffe://a/ns/b/sa/c\" error=\"not: this time\"";

        assertThat(LogWatch.field(line, field)).isEqualTo(value);
    }

    @Test
    void seesOnlyWhatCameAfterItsBeginning() throws IOException {
        Path log = Files.writeString(folder.resolve("a.log"), "old match\n");
        var watch = LogWatch.begin(log);

        assertThat(watch.line(Duration.ZERO, line -> line.contains("match"))).isEmpty();

        Files.writeString(log, "new match\n", StandardOpenOption.APPEND);

        assertThat(watch.line(Duration.ofSeconds(5), line -> line.contains("match")))
                .contains("new match");
    }
}

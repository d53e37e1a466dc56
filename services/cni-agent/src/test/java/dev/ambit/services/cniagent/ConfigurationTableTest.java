package dev.ambit.services.cniagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Operators read the table; the process reads application.yml. They say the same. */
class ConfigurationTableTest {
    private static final String SERVICE = "cni-agent";
    private static final Path TABLE = Path.of("../../docs/configuration.md");
    private static final Path SETTINGS = Path.of("src/main/resources/application.yml");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z0-9_]+):`?([^`}]*)`?}");
    private static final Pattern ROW = Pattern.compile("^\\| `([A-Z0-9_]+)` \\| (?:`([^`]*)`)? *\\| [^|]{10,} \\|$");

    @Test
    void theTableAndTheSettingsAgree() throws IOException {
        Map<String, String> settings = new TreeMap<>();
        PLACEHOLDER.matcher(Files.readString(SETTINGS)).results().forEach(it -> settings.put(it.group(1), it.group(2)));

        Map<String, String> table = new TreeMap<>();
        boolean inSection = false;
        for (String line : Files.readAllLines(TABLE)) {
            inSection = line.startsWith("## ") ? line.equals("## " + SERVICE) : inSection;
            var row = ROW.matcher(line);
            if (inSection && row.matches()) {
                table.put(row.group(1), row.group(2) == null ? "" : row.group(2));
            }
        }

        assertThat(settings).isNotEmpty();
        assertThat(table).isEqualTo(settings);
    }
}

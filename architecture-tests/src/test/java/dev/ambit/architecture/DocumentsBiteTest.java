package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each check of {@link Documents} on the smallest thing it must find, and the nearest it must not. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DocumentsBiteTest {
    private static final String DECISION =
            "# 0001. Title\n\nStatus: accepted\n\n## Context\n\n## Decision\n\n## Consequences\n";
    private static final String ARCHITECTURE = """
            ```map
            domain      domain.a domain.b
                        domain.c
            adapters-x  adapters.x
            ```
            """;

    @Test
    void findsGapsAndDoublesInTheNumbers() {
        assertThat(Documents.decisionNumbers(List.of("0001-a.md", "0002-b-c.md")))
                .isEmpty();
        assertThat(Documents.decisionNumbers(List.of("0001-a.md", "0003-c.md"))).hasSize(1);
        assertThat(Documents.decisionNumbers(List.of("0001-a.md", "0001-b.md"))).hasSize(1);
        assertThat(Documents.decisionNumbers(List.of("notes.md"))).hasSize(1);
    }

    @Test
    void findsWhatADecisionLacks() {
        assertThat(Documents.decision("0001-a.md", DECISION)).isEmpty();
        assertThat(Documents.decision("0002-a.md", DECISION)).hasSize(1);
        assertThat(Documents.decision("0001-a.md", DECISION.replace("Status: accepted", "Status: ok")))
                .hasSize(1);
        assertThat(Documents.decision("0001-a.md", DECISION.replace("## Context\n", "")))
                .hasSize(1);
    }

    @Test
    void findsAChangelogWithoutUnreleased() {
        assertThat(Documents.changelog("# Changelog\n\n## [Unreleased]\n")).isEmpty();
        assertThat(Documents.changelog("# Changelog\n\n## [0.1.0]\n")).hasSize(1);
    }

    @Test
    void findsALongReadme() {
        assertThat(Documents.readme("x\n".repeat(Documents.README_LINES_MAX))).isEmpty();
        assertThat(Documents.readme("x\n".repeat(Documents.README_LINES_MAX + 1)))
                .hasSize(1);
    }

    @Test
    void findsWhatTheMapLacksAndInvents() {
        Set<String> domain = Set.of("dev.ambit.domain.a", "dev.ambit.domain.b", "dev.ambit.domain.c");
        Set<String> adapter = Set.of("dev.ambit.adapters.x");

        assertThat(Documents.map(ARCHITECTURE, Map.of("domain", domain, "adapters-x", adapter)))
                .isEmpty();
        assertThat(Documents.map(ARCHITECTURE, Map.of("domain", domain)))
                .containsExactly("ARCHITECTURE.md: the map has adapters-x dev.ambit.adapters.x, which does not exist");
        assertThat(Documents.map(
                        ARCHITECTURE,
                        Map.of("domain", domain, "adapters-x", adapter, "ports", Set.of("dev.ambit.ports.p"))))
                .containsExactly("ARCHITECTURE.md: the map lacks ports dev.ambit.ports.p");
        assertThat(Documents.map("no map", Map.of())).hasSize(1);
    }

    @Test
    void findsModulesAndAdaptersThatNobodyDescribes() {
        assertThat(Documents.unnamedModules(ARCHITECTURE, List.of("domain", "adapters-x")))
                .isEmpty();
        assertThat(Documents.unnamedModules(ARCHITECTURE, List.of("benchmarks")))
                .hasSize(1);
        assertThat(Documents.undescribedAdapters(List.of("domain", "adapters-x"), List.of("adapters-x.md")))
                .isEmpty();
        assertThat(Documents.undescribedAdapters(List.of("adapters-x"), List.of()))
                .hasSize(1);
    }

    @Test
    void findsLinksThatLeadNowhere() {
        String text = "[a](a.md) [b](../b.md#part) [c](https://example.org/c.md) [d](#here)";

        assertThat(Documents.brokenLinks("docs/x.md", text, Set.of("docs/a.md", "docs/../b.md")::contains))
                .isEmpty();
        assertThat(Documents.brokenLinks("docs/x.md", text, Set.of("docs/a.md")::contains))
                .containsExactly("docs/x.md: the link to ../b.md leads nowhere");
    }
}

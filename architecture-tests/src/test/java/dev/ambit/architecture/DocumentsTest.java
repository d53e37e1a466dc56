package dev.ambit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents keep up with the code. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DocumentsTest {
    private final Repository repository = Repository.here();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "README.md",
                "ARCHITECTURE.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md",
                "SECURITY.md",
                "LICENSE",
                "docs/vocabulary.md",
                "docs/compatibility.md"
            })
    void exists(String document) {
        assertThat(repository.has(document)).as(document).isTrue();
    }

    @Test
    void decisionsAreNumbered() {
        List<String> decisions = repository.filesBelow("docs/adr");

        assertThat(decisions).isNotEmpty();
        assertThat(Documents.decisionNumbers(decisions)).isEmpty();
    }

    @Test
    void decisionsHaveAStatusAndReasons() {
        assertThat(repository.filesBelow("docs/adr"))
                .flatMap(file -> Documents.decision(file, repository.read("docs/adr/" + file)))
                .isEmpty();
    }

    @Test
    void changelogHasAPlaceForTheNextChange() {
        assertThat(Documents.changelog(repository.read("CHANGELOG.md"))).isEmpty();
    }

    @Test
    void readmeIsShort() {
        assertThat(Documents.readme(repository.read("README.md"))).isEmpty();
    }

    @Test
    void mapMatchesThePackages() {
        var packages = new TreeMap<String, Set<String>>();
        for (String module : repository.modules()) {
            packages.put(module, repository.packages(module));
        }

        assertThat(Documents.map(repository.read("ARCHITECTURE.md"), packages)).isEmpty();
    }

    @Test
    void everyModuleIsNamed() {
        assertThat(Documents.unnamedModules(repository.read("ARCHITECTURE.md"), repository.modules()))
                .isEmpty();
    }

    @Test
    void everyAdapterHasItsPage() {
        assertThat(Documents.undescribedAdapters(repository.modules(), repository.filesBelow("docs/adapters")))
                .isEmpty();
    }

    @Test
    void linksLeadSomewhere() {
        assertThat(repository.files())
                .filteredOn(file -> file.endsWith(".md"))
                .isNotEmpty()
                .flatMap(file -> Documents.brokenLinks(file, repository.read(file), repository::has))
                .isEmpty();
    }
}

package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.ports.ca.RootStorage.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link RootStorage} does. */
@Timeout(60)
public abstract class RootStorageContract {
    private static final Map<String, String> FIRST =
            Map.of("ca-cert.pem", "certificate\n", "ca-key.pem", "key\n", "ambit-rotation.properties", "a=b\nc=d\n");

    /** The storage under test, empty at first; every call in one test is about the same place. */
    protected abstract RootStorage storage();

    @Test
    protected void thereIsNothingAtFirst() {
        assertThat(storage().load()).isEmpty();
    }

    @Test
    protected void whatIsKeptIsFoundByEverybody() {
        Stored kept = storage().replace(FIRST, Optional.empty()).orElseThrow();

        assertThat(kept.documents()).isEqualTo(FIRST);
        assertThat(storage().load()).contains(kept);
    }

    @Test
    protected void oneWhoKnowsWhatThereIsReplacesItAll() {
        Stored first = storage().replace(FIRST, Optional.empty()).orElseThrow();
        var next = Map.of("ca-cert.pem", "another\n", "ca-key.pem", "key\n", "key.pem", "");

        Stored second = storage().replace(next, Optional.of(first.version())).orElseThrow();

        assertThat(second.version()).isNotEqualTo(first.version());
        assertThat(storage().load().orElseThrow().documents()).isEqualTo(next);
    }

    @Test
    protected void oneWhoKnowsSomethingElseChangesNothing() {
        Stored first = storage().replace(FIRST, Optional.empty()).orElseThrow();
        Stored second = storage()
                .replace(Map.of("ca-cert.pem", "2"), Optional.of(first.version()))
                .orElseThrow();

        assertThat(storage().replace(Map.of("ca-cert.pem", "3"), Optional.of(first.version())))
                .isEmpty();
        assertThat(storage().replace(Map.of("ca-cert.pem", "3"), Optional.empty()))
                .isEmpty();
        assertThat(storage().load()).contains(second);
    }

    @Test
    protected void whatIsNotThereCannotBeReplaced() {
        assertThat(storage().replace(FIRST, Optional.of("1"))).isEmpty();
        assertThat(storage().load()).isEmpty();
    }

    @Test
    protected void ofManyAtOnceOneWins() throws Exception {
        Stored first = storage().replace(FIRST, Optional.empty()).orElseThrow();
        List<Future<Boolean>> tries = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                String text = "by " + i;
                tries.add(threads.submit(() -> storage()
                        .replace(Map.of("ca-cert.pem", text), Optional.of(first.version()))
                        .isPresent()));
            }
            int winners = 0;
            for (Future<Boolean> each : tries) {
                winners += each.get(30, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(winners).isEqualTo(1);
        }
    }

    @Test
    protected void largeTextsAndEveryCharacterAreKept() {
        var large = Map.of("ca-cert.pem", "x".repeat(200_000) + "\r\n\t ä 🜁\n", "ca-key.pem", "\n\n");
        storage().replace(large, Optional.empty());

        assertThat(storage().load().orElseThrow().documents()).isEqualTo(large);
    }

    @Test
    protected void thePlaceIsNamedAndNoSecretIsInItsDescription() {
        storage().replace(FIRST, Optional.empty());

        assertThat(storage().place()).isNotBlank();
        assertThat(storage().load().orElseThrow().toString())
                .contains("ca-key.pem")
                .doesNotContain("certificate\n");
    }
}

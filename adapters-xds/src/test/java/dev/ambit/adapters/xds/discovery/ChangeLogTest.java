package dev.ambit.adapters.xds.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.Workload;
import dev.ambit.domain.workload.WorkloadUid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ChangeLogTest {

    private static CatalogueEntry entry(String name, int edition) {
        return CatalogueEntry.of(Workload.builder(new WorkloadUid(name), "shop", name + "-" + edition)
                .build());
    }

    /** A reader that remembers a number and has what it was told. */
    private static final class Reader {
        private final Map<String, CatalogueEntry> has = new HashMap<>();
        private long read;

        void read(ChangeLog log) {
            log.since(read, place -> {
                CatalogueEntry entry = place.entry();
                if (entry == null) {
                    has.remove(place.name());
                } else {
                    has.put(place.name(), entry);
                }
            });
            read = log.latest();
        }
    }

    /** However often each reads, and whatever is forgotten that all have read of: each has what there is. */
    @Property(tries = 200)
    void everyReaderHasWhatThereIs(@ForAll long seed) {
        var random = new Random(seed);
        var log = new ChangeLog();
        Map<String, CatalogueEntry> there = new HashMap<>();
        var readers = List.of(new Reader(), new Reader(), new Reader());
        for (int step = 0; step < 300; step++) {
            String name = "pod-" + random.nextInt(20);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    var made = entry(name, step);
                    there.put(name, made);
                    log.put(name, made);
                }
                case 3 -> {
                    there.remove(name);
                    log.remove(name);
                }
                case 4 -> readers.get(random.nextInt(readers.size())).read(log);
                default ->
                    log.forget(readers.stream()
                            .mapToLong(reader -> reader.read)
                            .min()
                            .orElseThrow());
            }
        }

        readers.forEach(reader -> reader.read(log));

        assertThat(readers).allSatisfy(reader -> assertThat(reader.has).isEqualTo(there));
        assertThat(log.size()).isEqualTo(there.size());
        assertThat(log.bytes())
                .isEqualTo(
                        there.values().stream().mapToLong(CatalogueEntry::size).sum());
        log.forget(log.latest());
        assertThat(log.graves()).isZero();
    }

    @Test
    void tellsWhoHasMissedWhatIsForgotten() {
        var log = new ChangeLog();
        for (int i = 0; i < 10; i++) {
            log.put("pod-" + i, entry("pod-" + i, 0));
        }
        for (int i = 0; i < 10; i++) {
            log.remove("pod-" + i);
        }

        log.forgetBeyond(4);

        assertThat(log.graves()).isEqualTo(4);
        assertThat(log.forgotten()).isEqualTo(16);
        var names = new ArrayList<String>();
        log.since(16, place -> names.add(place.name()));
        assertThat(names).containsExactly("pod-6", "pod-7", "pod-8", "pod-9");
    }

    @Test
    void ofWhatWasNotThereNobodyHears() {
        var log = new ChangeLog();

        log.remove("pod-1");

        assertThat(log.latest()).isZero();
        assertThat(log.graves()).isZero();
    }
}

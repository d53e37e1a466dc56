package dev.ambit.domain.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class BufferShareTest {
    private static final long MIB = 1 << 20;

    private final BufferShare share = new BufferShare(8 * MIB, 32 * MIB);

    @ParameterizedTest(name = "{0} MiB of the workload, {1} of the node: {2} KiB ahead, ended: {3}")
    @CsvSource({
        "0, 0, 1024, false",
        "4, 16, 1024, false",
        "5, 16, 64, false",
        "8, 8, 64, false",
        "9, 9, 16, true",
        "4, 17, 64, false",
        "1, 33, 64, false",
        "2, 33, 16, true"
    })
    void whoHoldsMuchPaysWhenRoomIsShort(long workload, long node, int ahead, boolean ended) {
        assertThat(share.ahead(1 << 20, workload * MIB, node * MIB)).isEqualTo(ahead << 10);
        assertThat(share.ends(MIB, workload * MIB, node * MIB)).isEqualTo(ended);
        assertThat(share.ends(128 << 10, workload * MIB, node * MIB))
                .as("a connection that holds little is never ended")
                .isFalse();
    }

    @Test
    void neverMoreThanAConnectionReadsOrdinarily() {
        assertThat(share.ahead(1_000, 9 * MIB, 9 * MIB)).isEqualTo(1_000);
    }

    @Test
    void saysWhatToChange() {
        assertThat(share.exhausted(1, 2, 3))
                .contains("AMBIT_WORKLOAD_BUFFERED_BYTES_MAX", "AMBIT_NODE_BUFFERED_BYTES_MAX", "holds 1 bytes");
    }
}

package dev.ambit.services.ztunnel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ambit.domain.flow.FairShare;
import dev.ambit.ports.transport.TransportLimits.Capacity;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ShareConfigTest {
    private static final Map<String, String> DEFAULTS = Map.of(
            "AMBIT_WORKLOAD_CONNECTIONS_MAX", "50000",
            "AMBIT_WORKLOAD_CONNECTION_RATE", "10000",
            "AMBIT_NODE_CONNECTIONS_MAX", "250000",
            "AMBIT_NODE_CONNECTION_RATE", "50000",
            "AMBIT_WORKLOAD_BUFFERED_BYTES_MAX", "50331648",
            "AMBIT_NODE_BUFFERED_BYTES_MAX", "67108864",
            "AMBIT_CHANGE_ENDINGS_PER_SECOND", "200");

    private static ShareConfig read(Map<String, String> set, int descriptors) {
        var all = new HashMap<>(DEFAULTS);
        all.putAll(set);
        return ShareConfig.read(new Settings(all, _ -> Optional.empty()), descriptors);
    }

    @Test
    void defaultsAreGenerousAndLeaveDescriptorsForTheRest() {
        ShareConfig shares = read(Map.of(), 20_000);

        assertThat(shares.connections()).isEqualTo(FairShare.GENEROUS);
        assertThat(shares.capacity()).isEqualTo(new Capacity(20_000 - 1_024, 48 << 20, 64 << 20));
        assertThat(shares.endingsPerSecond()).isEqualTo(200);
    }

    @Test
    void theReserveSuitsTheLimit() {
        assertThat(ShareConfig.withoutReserve(256)).isEqualTo(192);
        assertThat(ShareConfig.withoutReserve(4_096)).isEqualTo(3_584);
        assertThat(ShareConfig.withoutReserve(1_048_576)).isEqualTo(1_047_552);
        assertThat(ShareConfig.withoutReserve(10)).isEqualTo(16);
    }

    @Test
    void everyLimitCanBeSet() {
        ShareConfig shares = read(
                Map.of(
                        "AMBIT_WORKLOAD_CONNECTIONS_MAX", "1",
                        "AMBIT_WORKLOAD_CONNECTION_RATE", "2",
                        "AMBIT_NODE_CONNECTIONS_MAX", "3",
                        "AMBIT_NODE_CONNECTION_RATE", "4",
                        "AMBIT_WORKLOAD_BUFFERED_BYTES_MAX", "1048576",
                        "AMBIT_NODE_BUFFERED_BYTES_MAX", "2097152",
                        "AMBIT_SOCKETS_MAX", "17",
                        "AMBIT_CHANGE_ENDINGS_PER_SECOND", "9"),
                20_000);

        assertThat(shares).isEqualTo(new ShareConfig(new FairShare(1, 2, 3, 4), new Capacity(17, 1 << 20, 2 << 20), 9));
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("AMBIT_WORKLOAD_CONNECTION_RATE", "0"), 1_000))
                .withMessageContaining("AMBIT_WORKLOAD_CONNECTION_RATE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(Map.of("AMBIT_NODE_BUFFERED_BYTES_MAX", "1048576"), 1_000))
                .withMessageContaining("at least AMBIT_WORKLOAD_BUFFERED_BYTES_MAX, which is 50331648");
    }
}

package dev.ambit.services.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedConnectionsTest {

    @Test
    void areReadFromTheKernelsTable() {
        var table = List.of("Ip: Forwarding", "Ip: 1", "Tcp: RtoMin ActiveOpens PassiveOpens", "Tcp: 200 17 3");

        assertThat(OpenedConnections.parse(table).count()).isEqualTo(17);
    }
}

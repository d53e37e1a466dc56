package dev.ambit.adapters.netty.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReusePortGroupTest {
    private static final String HEADER =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String IPV4 = HEADER
            + "   0: 00000000:3A99 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 41 1 0 100 0\n"
            + "   1: 00000000:3A99 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 1 0 100 0\n"
            + "   2: 0100007F:3A9E 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 43 1 0 100 0\n"
            + "   3: 0100007F:3A99 0100007F:D431 01 00000000:00000009 00:00000000 00000000     0        0 44 1 0 20 4\n";
    private static final String IPV6 = HEADER
            + "   0: 00000000000000000000000000000000:3A99 00000000000000000000000000000000:0000 0A"
            + " 00000000:00000001 00:00000000 00000000     0        0 45 1 0 100 0\n";

    private static Map<Long, Integer> read(String table) throws IOException {
        var found = new HashMap<Long, Integer>();
        ReusePortGroup.read(new BufferedReader(new StringReader(table)), 15_001, found);
        return found;
    }

    @Test
    void findsWhoListensAndHowManyWait() throws IOException {
        assertThat(read(IPV4)).containsExactlyInAnyOrderEntriesOf(Map.of(41L, 3, 42L, 0));
        assertThat(read(IPV6)).containsExactlyInAnyOrderEntriesOf(Map.of(45L, 1));
    }

    @Test
    void readsNothingOutOfNothing() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(read(HEADER)).isEmpty();
        assertThat(read(HEADER + "garbage\n")).isEmpty();
    }
}

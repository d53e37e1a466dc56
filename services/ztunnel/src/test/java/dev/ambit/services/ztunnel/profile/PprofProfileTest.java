package dev.ambit.services.ztunnel.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.services.ztunnel.profile.PprofProfile.Frame;
import dev.ambit.services.ztunnel.profile.PprofProfile.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PprofProfileTest {
    private final PprofProfile profile = new PprofProfile(List.of(new Kind("n", "u")), new Kind("n", "u"), 7);

    private String hex() throws IOException {
        byte[] bytes = profile.gzipped(Instant.ofEpochSecond(0, 5), Duration.ofNanos(300));
        try (var plain = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return HexFormat.of().formatHex(plain.readAllBytes());
        }
    }

    /** Field by field by hand, from profile.proto. */
    @Test
    void isWrittenAsTheProtoSays() throws IOException {
        profile.add(List.of(new Frame("f", "a", 3)), 1);
        profile.add(List.of(new Frame("f", "a", 3)), 299);

        assertThat(hex())
                .isEqualTo("0a04" + "08011002" // sample_type: n in u
                        + "1207" + "0a0101" + "1202ac02" // sample: place 1, 300
                        + "2208" + "0801" + "22040801" + "1003" // place 1: function 1, line 3
                        + "2a08" + "0801" + "1003" + "1803" + "2004" // function 1: f, f, a
                        + "3200" + "32016e" + "320175" + "320166" + "320161" // texts: none, n, u, f, a
                        + "4805" + "50ac02" // time, duration
                        + "5a04" + "08011002" + "6007" // period: 7 of n in u
                        + "7001"); // shown first: n
    }

    @Test
    void eachStackHasItsOwnSum() throws IOException {
        profile.add(List.of(new Frame("f", "", 1)), 1);
        String one = hex();
        profile.add(List.of(new Frame("f", "", 1), new Frame("g", "", 2)), 1);

        assertThat(hex()).hasSizeGreaterThan(one.length());
        assertThatThrownBy(() -> profile.add(List.of(), 1, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}

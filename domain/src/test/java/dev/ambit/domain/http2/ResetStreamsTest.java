package dev.ambit.domain.http2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResetStreamsTest {
    private final ResetStreams streams = new ResetStreams(2);

    @Test
    void whatTheWindowLeftMayStillCome() {
        streams.add(1, 10);

        assertThat(streams.crossed(1, 4, false)).isTrue();
        assertThat(streams.crossed(1, 0, false)).isTrue();
        assertThat(streams.crossed(1, 6, false)).isTrue();
        assertThat(streams.crossed(1, 1, false)).isFalse();
    }

    @Test
    void aStreamThatWasOverrunIsForgotten() {
        streams.add(1, 10);

        assertThat(streams.crossed(1, 11, false)).isFalse();
        assertThat(streams.crossed(1, 1, false)).isFalse();
    }

    @Test
    void nothingComesAfterTheLastFrame() {
        streams.add(1, 10);

        assertThat(streams.crossed(1, 0, true)).isTrue();
        assertThat(streams.crossed(1, 0, true)).isFalse();
    }

    @Test
    void noStreamThatWasNotReset() {
        assertThat(streams.crossed(1, 0, false)).isFalse();
    }

    @Test
    void aStreamWithoutWindowTakesNobodysPlace() {
        streams.add(1, 10);
        streams.add(3, 10);
        streams.add(5, 0);

        assertThat(streams.crossed(5, 0, false)).isFalse();
        assertThat(streams.crossed(1, 1, false)).isTrue();
    }

    @Test
    void theEldestIsForgottenFirst() {
        streams.add(1, 10);
        streams.add(3, 10);
        assertThat(streams.crossed(1, 1, false)).isTrue();
        streams.add(5, 10);

        assertThat(streams.crossed(1, 1, false)).isFalse();
        assertThat(streams.crossed(3, 1, false)).isTrue();
        assertThat(streams.crossed(5, 1, false)).isTrue();
    }
}

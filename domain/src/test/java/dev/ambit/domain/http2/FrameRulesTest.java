package dev.ambit.domain.http2;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FrameRulesTest {
    private static final int BLOCK_MAX = 1000;

    private final FrameRules rules = new FrameRules(1 << 14, BLOCK_MAX);

    @BeforeEach
    void settingsComeFirst() throws Http2Violation {
        assertThatThrownBy(() -> rules.check(FrameType.PING, 0, 8, 0)).hasMessageContaining("not SETTINGS");
        rules.check(FrameType.SETTINGS, 0, 6, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 16385, 1, FRAME_SIZE_ERROR", "0, 8, 0, 1, FRAME_SIZE_ERROR", "0, 0, 1, 0, PROTOCOL_ERROR",
        "1, 0, 1, 0, PROTOCOL_ERROR", "2, 0, 4, 1, FRAME_SIZE_ERROR", "3, 0, 5, 1, FRAME_SIZE_ERROR",
        "3, 0, 4, 0, PROTOCOL_ERROR", "4, 0, 5, 0, FRAME_SIZE_ERROR", "4, 1, 6, 0, FRAME_SIZE_ERROR",
        "4, 0, 6, 1, PROTOCOL_ERROR", "5, 0, 4, 1, PROTOCOL_ERROR", "6, 0, 7, 0, FRAME_SIZE_ERROR",
        "6, 0, 8, 1, PROTOCOL_ERROR", "7, 0, 7, 0, FRAME_SIZE_ERROR", "8, 0, 3, 1, FRAME_SIZE_ERROR",
        "9, 0, 3, 1, PROTOCOL_ERROR", "1, 4, 1001, 1, ENHANCE_YOUR_CALM",
    })
    void whatIsOutOfPlaceEndsTheConnection(int type, int flags, int length, int stream, ErrorCode code) {
        assertThatThrownBy(() -> rules.check(type, flags, length, stream))
                .isInstanceOfSatisfying(
                        Http2Violation.class,
                        found -> org.assertj.core.api.Assertions.assertThat(found.code())
                                .isEqualTo(code));
    }

    @Test
    void headerBlocksAreWholeAndBoundedInBytesAndPieces() throws Http2Violation {
        rules.check(FrameType.HEADERS, 0, 600, 1);
        assertThatThrownBy(() -> rules.check(FrameType.DATA, 0, 1, 1)).hasMessageContaining("interrupted");
        assertThatThrownBy(() -> rules.check(FrameType.CONTINUATION, 0, 1, 3)).hasMessageContaining("interrupted");
        rules.check(FrameType.CONTINUATION, FrameType.END_HEADERS, 400, 1);
        rules.check(FrameType.DATA, 0, 1, 1);

        rules.check(FrameType.HEADERS, 0, 600, 3);
        assertThatThrownBy(() -> rules.check(FrameType.CONTINUATION, 0, 401, 3)).hasMessageContaining("header block");

        var pieces = new FrameRules(1 << 14, BLOCK_MAX);
        pieces.check(FrameType.SETTINGS, 0, 0, 0);
        pieces.check(FrameType.HEADERS, 0, 1, 1);
        for (int i = 0; i < 16; i++) {
            pieces.check(FrameType.CONTINUATION, 0, 0, 1);
        }
        assertThatThrownBy(() -> pieces.check(FrameType.CONTINUATION, 0, 0, 1)).hasMessageContaining("pieces");
    }

    @Test
    void unknownFramesMayBeAnything() throws Http2Violation {
        rules.check(0x42, 0xff, 16_384, 77);
    }
}

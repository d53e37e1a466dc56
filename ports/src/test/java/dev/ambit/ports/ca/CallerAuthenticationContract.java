package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.ambit.domain.identity.SpiffeId;
import dev.ambit.domain.issuing.Caller;
import dev.ambit.domain.issuing.PodRecord;
import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.ca.CallerAuthentication.Result;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link CallerAuthentication} does. */
@Timeout(30)
public abstract class CallerAuthenticationContract {
    protected static final PodRecord POD = new PodRecord(
            new PodRef("1f0c-77", "istio-system", "ztunnel-x7", "ztunnel"),
            SpiffeId.of("spiffe://cluster.local/ns/istio-system/sa/ztunnel"),
            "node-a");

    protected abstract CallerAuthentication authentication();

    /** What {@link #validToken} proves; a token that is bound to no pod proves only the identity. */
    protected Caller expected() {
        return new Caller(POD.identity(), "ztunnel-x7", "1f0c-77", "node-a");
    }

    /** A token that proves {@link #expected}, valid now. */
    protected abstract String validToken();

    /** One that was as good, and is so no longer: it expired, or its pod is gone. */
    protected abstract String endedToken();

    @Test
    protected void aValidTokenProvesAccountPodAndNode() {
        assertThat(authentication().authenticate(validToken())).isEqualTo(new Result.Authenticated(expected()));
    }

    @Test
    protected void whatIsKnownIsWhatWasFound() {
        String token = validToken();
        Result found = authentication().authenticate(token);

        assertThat(authentication().known(token).orElse(found)).isEqualTo(found);
    }

    @Test
    protected void whatWasNeverAcceptedIsAStrangers() {
        authentication().authenticate("made.up.token");

        assertThat(authentication().wasAccepted("made.up.token")).isFalse();
        assertThat(authentication().wasAccepted("another.made-up.token")).isFalse();
    }

    @Test
    protected void aTokenThatEndedProvesNothing() {
        assertRejected(endedToken());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a.b.c", "not a token", "\u0000\n", "eyJhbGciOiJub25lIn0.e30."})
    protected void garbageProvesNothing(String token) {
        assertRejected(token);
    }

    @Test
    protected void oversizedTokensProveNothing() {
        assertRejected("a".repeat(1024 * 1024));
    }

    @Test
    protected void everyPartOfATokenCounts() {
        String valid = validToken();
        for (int dot = valid.indexOf('.'); dot >= 0; dot = valid.indexOf('.', dot + 1)) {
            char next = valid.charAt(dot + 2);
            assertRejected(valid.substring(0, dot + 2) + (next == 'A' ? 'B' : 'A') + valid.substring(dot + 3));
        }
    }

    @Test
    protected void aTokenWithoutItsSignatureProvesNothing() {
        String valid = validToken();
        String claims = valid.substring(valid.indexOf('.') + 1, valid.lastIndexOf('.'));
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));

        assertRejected(none + "." + claims + ".");
        assertRejected(valid.substring(0, valid.lastIndexOf('.') + 1));
    }

    protected final void assertRejected(String token) {
        assertThat(authentication().authenticate(token))
                .asInstanceOf(type(Result.Rejected.class))
                .extracting(Result.Rejected::why)
                .asString()
                .isNotBlank()
                .hasSizeLessThan(500)
                .doesNotContainPattern("\\p{Cntrl}");
        assertThat(authentication().authenticate(validToken())).isInstanceOf(Result.Authenticated.class);
    }
}

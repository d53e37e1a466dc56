package dev.ambit.ports.podnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.enrolment.Capture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link PodRedirection} promises about its bookkeeping; what the rules do to traffic is each adapter's test. */
@Timeout(60)
public abstract class PodRedirectionContract {

    protected abstract PodRedirection redirection();

    /** A namespace like that of a pod, with settings of others in it; the caller closes it. */
    protected abstract NetworkNamespace podNamespace();

    /** Everything in the namespace that redirection may touch, as text that is equal when nothing changed. */
    protected abstract String settings(NetworkNamespace namespace);

    @Test
    void freshNamespaceIsNotRedirected() {
        try (NetworkNamespace namespace = podNamespace()) {
            assertThat(redirection().isApplied(namespace)).isFalse();
        }
    }

    @Test
    void appliedIsSeen() {
        try (NetworkNamespace namespace = podNamespace()) {
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);

            assertThat(redirection().isApplied(namespace)).isTrue();
        }
    }

    @Test
    void applyingAgainChangesNothing() {
        try (NetworkNamespace namespace = podNamespace()) {
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);
            String once = settings(namespace);
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);

            assertThat(settings(namespace)).isEqualTo(once);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCapturedCanChange(Capture capture) {
        try (NetworkNamespace namespace = podNamespace();
                NetworkNamespace fresh = podNamespace()) {
            for (Capture before : Capture.values()) {
                redirection().apply(namespace, before);
            }
            redirection().apply(namespace, capture);
            redirection().apply(fresh, capture);

            assertThat(redirection().isApplied(namespace)).isTrue();
            assertThat(settings(namespace)).isEqualTo(settings(fresh));
        }
    }

    @Test
    void removingLeavesEverythingAsItWas() {
        try (NetworkNamespace namespace = podNamespace()) {
            String before = settings(namespace);
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);
            assertThat(settings(namespace)).isNotEqualTo(before);
            redirection().remove(namespace);

            assertThat(settings(namespace)).isEqualTo(before);
            assertThat(redirection().isApplied(namespace)).isFalse();
        }
    }

    @Test
    void removingNothingIsFine() {
        try (NetworkNamespace namespace = podNamespace()) {
            String before = settings(namespace);
            redirection().remove(namespace);

            assertThat(settings(namespace)).isEqualTo(before);
        }
    }

    @Test
    void removedCanBeAppliedAgain() {
        try (NetworkNamespace namespace = podNamespace()) {
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);
            redirection().remove(namespace);
            redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES);

            assertThat(redirection().isApplied(namespace)).isTrue();
        }
    }

    @Test
    void namespacesAreApart() {
        try (NetworkNamespace one = podNamespace();
                NetworkNamespace other = podNamespace()) {
            redirection().apply(one, Capture.CONNECTIONS_AND_NAMES);
            redirection().apply(other, Capture.CONNECTIONS_AND_NAMES);
            redirection().remove(one);

            assertThat(redirection().isApplied(one)).isFalse();
            assertThat(redirection().isApplied(other)).isTrue();
        }
    }

    @Test
    void closedNamespaceIsRefused() {
        NetworkNamespace namespace = podNamespace();
        namespace.close();

        assertThatThrownBy(() -> redirection().apply(namespace, Capture.CONNECTIONS_AND_NAMES))
                .isInstanceOf(IllegalStateException.class);
    }
}

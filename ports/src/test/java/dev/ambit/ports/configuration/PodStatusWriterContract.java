package dev.ambit.ports.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ambit.domain.workload.PodRef;
import dev.ambit.ports.configuration.PodStatusWriter.Redirection;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link PodStatusWriter} promises. */
@Timeout(30)
public abstract class PodStatusWriterContract {
    private static final PodRef CART = new PodRef("uid-1", "shop", "cart", "default");
    private static final PodRef TILL = new PodRef("uid-2", "shop", "till", "default");

    /** The writer under test; the same one for the whole test. */
    protected abstract PodStatusWriter writer();

    /** The value of the pod's annotation {@code ambient.istio.io/redirection}, as a control plane would read it. */
    protected abstract Optional<String> annotation(PodRef pod);

    @Test
    void nothingIsThereUntilItIsWritten() {
        writer();

        assertThat(annotation(CART)).isEmpty();
    }

    @Test
    void writesTheAnnotationsValues() {
        writer().redirection(CART, Redirection.PENDING);
        assertThat(annotation(CART)).contains("pending");

        writer().redirection(CART, Redirection.ENABLED);
        assertThat(annotation(CART)).contains("enabled");
    }

    @Test
    void absentTakesTheAnnotationAway() {
        writer().redirection(CART, Redirection.ENABLED);

        writer().redirection(CART, Redirection.ABSENT);
        writer().redirection(CART, Redirection.ABSENT);

        assertThat(annotation(CART)).isEmpty();
    }

    @Test
    void podsDoNotDisturbEachOther() {
        writer().redirection(CART, Redirection.ENABLED);
        writer().redirection(TILL, Redirection.PENDING);
        writer().redirection(CART, Redirection.ABSENT);

        assertThat(annotation(TILL)).contains("pending");
    }
}

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
    /** The writer under test; the same one for the whole test. */
    protected abstract PodStatusWriter writer();

    /** A pod of this name in the namespace {@code shop}, made if the writer needs it to be there. */
    protected PodRef pod(String name) {
        return new PodRef("uid-" + name, "shop", name, "default");
    }

    /** The value of the pod's annotation {@code ambient.istio.io/redirection}, as a control plane would read it. */
    protected abstract Optional<String> annotation(PodRef pod);

    @Test
    void nothingIsThereUntilItIsWritten() {
        PodRef cart = pod("cart");
        writer();

        assertThat(annotation(cart)).isEmpty();
    }

    @Test
    void writesTheAnnotationsValues() {
        PodRef cart = pod("cart");
        writer().redirection(cart, Redirection.PENDING);
        assertThat(annotation(cart)).contains("pending");

        writer().redirection(cart, Redirection.ENABLED);
        assertThat(annotation(cart)).contains("enabled");
    }

    @Test
    void absentTakesTheAnnotationAway() {
        PodRef cart = pod("cart");
        writer().redirection(cart, Redirection.ENABLED);

        writer().redirection(cart, Redirection.ABSENT);
        writer().redirection(cart, Redirection.ABSENT);

        assertThat(annotation(cart)).isEmpty();
    }

    @Test
    void podsDoNotDisturbEachOther() {
        PodRef cart = pod("cart");
        PodRef till = pod("till");
        writer().redirection(cart, Redirection.ENABLED);
        writer().redirection(till, Redirection.PENDING);
        writer().redirection(cart, Redirection.ABSENT);

        assertThat(annotation(till)).contains("pending");
    }
}

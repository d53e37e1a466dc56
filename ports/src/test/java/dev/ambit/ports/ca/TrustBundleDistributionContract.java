package dev.ambit.ports.ca;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link TrustBundleDistribution} does. */
@Timeout(60)
public abstract class TrustBundleDistributionContract {
    protected static final TrustBundle ONE = new TrustBundle("-----one root-----\n", "");
    protected static final TrustBundle TWO = new TrustBundle("-----one root-----\n-----two-----\n", "-----list-----\n");

    protected abstract TrustBundleDistribution distribution();

    /** The places that must hold the bundle, at least one. */
    protected abstract List<String> places();

    /** The bundle at a place; the roots are empty if there is nothing. */
    protected abstract TrustBundle bundleAt(String place);

    /** Somebody else writes something there. */
    protected abstract void spoil(String place);

    /** Somebody else takes it away. */
    protected abstract void remove(String place);

    @Test
    protected void theBundleGetsEverywhere() {
        assertThat(distribution().isEverywhere(ONE)).isFalse();

        distribution().publish(ONE);

        awaitEverywhere(ONE);
    }

    @Test
    protected void aNewBundleTakesThePlaceOfTheOld() {
        distribution().publish(ONE);
        awaitEverywhere(ONE);

        distribution().publish(TWO);

        awaitEverywhere(TWO);
        assertThat(distribution().isEverywhere(ONE)).isFalse();
    }

    @Test
    protected void withoutRevocationsThereAreNoneLeft() {
        distribution().publish(TWO);
        awaitEverywhere(TWO);

        distribution().publish(ONE);

        awaitEverywhere(ONE);
    }

    @Test
    protected void whatOthersChangeIsPutRight() {
        distribution().publish(TWO);
        awaitEverywhere(TWO);
        String place = places().getFirst();

        spoil(place);
        awaitAgain(place);
        remove(place);
        awaitAgain(place);
    }

    private void awaitAgain(String place) {
        await(() -> {
            distribution().publish(TWO);
            return bundleAt(place).equals(TWO);
        });
        awaitEverywhere(TWO);
    }

    @Test
    protected void whatWasPutDownStaysWhenTheUpkeepEnds() {
        distribution().publish(ONE);
        awaitEverywhere(ONE);

        distribution().close();

        assertThat(places()).allSatisfy(place -> assertThat(bundleAt(place)).isEqualTo(ONE));
    }

    protected final void awaitEverywhere(TrustBundle bundle) {
        await(() -> distribution().isEverywhere(bundle));
        assertThat(places()).allSatisfy(place -> assertThat(bundleAt(place)).isEqualTo(bundle));
    }

    protected static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited long enough").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}

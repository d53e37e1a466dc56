package dev.ambit.domain.issuing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ambit.domain.issuing.StrangerPlaces.Admission;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrangerPlacesTest {
    private static final StrangerPlaces PLACES = new StrangerPlaces(2, 5);

    @ParameterizedTest
    @CsvSource({
        "0, 0, ''",
        "1, 4, ''",
        "2, 2, of this address",
        "2, 5, of this address",
        "0, 5, requests wait",
        "1, 6, requests wait"
    })
    void untilTheAddressOrAllHaveTheirPlaces(int ofPeer, int ofAll, String refusal) {
        Admission admission = PLACES.admit(ofPeer, ofAll);

        if (refusal.isEmpty()) {
            assertThat(admission).isEqualTo(new Admission.Admitted());
        } else {
            assertThat(((Admission.Refused) admission).why()).contains(refusal);
        }
    }

    /** However many requests come, each from an address of its own or all from one. */
    @Property
    void neverMoreThanThereAre(@ForAll @IntRange(min = 1, max = 40) int each, @ForAll @IntRange(max = 60) int more) {
        var places = new StrangerPlaces(each, each + more);
        int ofOne = 0;
        while (places.admit(ofOne, ofOne) instanceof Admission.Admitted) {
            ofOne++;
        }
        int ofMany = 0;
        while (places.admit(0, ofMany) instanceof Admission.Admitted) {
            ofMany++;
        }
        assertThat(ofOne).isEqualTo(each);
        assertThat(ofMany).isEqualTo(each + more);
    }

    @Test
    void anAddressNeedsAPlace() {
        assertThatThrownBy(() -> new StrangerPlaces(0, 5)).hasMessageContaining("place");
        assertThatThrownBy(() -> new StrangerPlaces(6, 5)).hasMessageContaining("no fewer");
    }
}

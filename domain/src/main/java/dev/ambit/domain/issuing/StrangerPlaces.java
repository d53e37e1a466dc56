package dev.ambit.domain.issuing;

/**
 * How many requests may wait at a time for somebody to tell who makes them. Whoever is known waits elsewhere, so that those
 * who send made-up tokens wait among themselves; and no address alone keeps other strangers out.
 *
 * @param eachMax of one peer address
 * @param allMax of all
 */
public record StrangerPlaces(int eachMax, int allMax) {
    /** A node proxy asks for eight at a time; half of the reviews that an API server is asked for at once. */
    public static final StrangerPlaces USUAL = new StrangerPlaces(16, 256);

    public StrangerPlaces {
        if (eachMax < 1 || allMax < eachMax) {
            throw new IllegalArgumentException(
                    "a peer needs a place, and all have no fewer than one: " + eachMax + ", " + allMax);
        }
    }

    /** What becomes of one more. */
    public sealed interface Admission {
        record Admitted() implements Admission {}

        record Refused(String why) implements Admission {}
    }

    /**
     * Decides about one more.
     *
     * @param ofPeer how many of its address wait already
     * @param ofAll how many of all
     */
    public Admission admit(int ofPeer, int ofAll) {
        if (ofPeer >= eachMax) {
            return new Admission.Refused(
                    eachMax + " requests of this address wait to be known already, as many as one address may have");
        }
        return ofAll >= allMax
                ? new Admission.Refused(allMax + " requests wait to be known already, as many as there may be")
                : new Admission.Admitted();
    }
}

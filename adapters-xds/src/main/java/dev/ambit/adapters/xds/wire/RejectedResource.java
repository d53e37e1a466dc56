package dev.ambit.adapters.xds.wire;

/** Ends the decoding of one resource; caught where the resource is, never seen outside this package. */
final class RejectedResource extends Exception {
    private static final long serialVersionUID = 1L;

    /** How much of a value off the wire a reason repeats. */
    private static final int SHOWN_MAX = 80;

    private final String field;
    private final String problem;

    RejectedResource(String field, String problem) {
        super(field + ": " + problem, null, false, false);
        this.field = field;
        this.problem = problem;
    }

    /** The same, seen from the message that holds the field. */
    RejectedResource in(String parent) {
        return new RejectedResource(parent + "." + field, problem);
    }

    String reason() {
        return field + ": " + problem;
    }

    static String shown(String value) {
        String text = value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "…";
        return "'" + text.replaceAll("\\p{Cntrl}", "?") + "'";
    }
}

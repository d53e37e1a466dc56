package dev.ambit.adapters.k8s.translate;

/**
 * Something in an object that cannot be used as it is.
 *
 * @param field where; {@link FieldPath#ROOT} for the whole object
 * @param why one line that names the value and the way out
 */
public record ObjectProblem(ObjectKey object, FieldPath field, String why, Severity severity) {

    /** What becomes of the object. */
    public enum Severity {
        /** The object is used, but not all of it does something. */
        WARNING,
        /** The object is not used. */
        REJECTED
    }

    public boolean isRejection() {
        return severity == Severity.REJECTED;
    }

    /** The field, if there is one, and the reason. */
    public String message() {
        return field.equals(FieldPath.ROOT) ? why : field + ": " + why;
    }
}

package dev.ambit.ports.configuration;

/**
 * Something in the configuration that could not be used.
 *
 * @param where file and line, or the object in the API
 * @param object kind and name, as far as known
 * @param why one line that names the value and the way out
 */
public record ConfigurationProblem(String where, String object, String why) {
    @Override
    public String toString() {
        return where + ": " + (object.isEmpty() ? "" : object + ": ") + why;
    }
}

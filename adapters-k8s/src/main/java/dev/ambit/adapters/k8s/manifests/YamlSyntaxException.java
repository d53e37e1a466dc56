package dev.ambit.adapters.k8s.manifests;

/** A document that is no YAML, or more than the limits allow. */
final class YamlSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    YamlSyntaxException(int line, String why) {
        super(why);
        this.line = line;
    }

    /** Line in the file, from 1. */
    int line() {
        return line;
    }

    String why() {
        return String.valueOf(getMessage());
    }
}

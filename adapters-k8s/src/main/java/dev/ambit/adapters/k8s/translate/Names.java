package dev.ambit.adapters.k8s.translate;

import java.util.regex.Pattern;

/** The name rules of the Kubernetes API (RFC 1123), checked again because manifests do not pass an API server. */
final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern HOSTNAME =
            Pattern.compile("[A-Za-z0-9_]([-A-Za-z0-9_]{0,62})(\\.[A-Za-z0-9_]([-A-Za-z0-9_]{0,62}))*\\.?");

    private static final int SUBDOMAIN_MAX = 253;
    private static final int SHOWN_MAX = 100;

    private Names() {}

    /** A namespace or Service name. */
    static boolean isLabel(String name) {
        return LABEL.matcher(name).matches();
    }

    /** Any other object's name. */
    static boolean isSubdomain(String name) {
        return name.length() <= SUBDOMAIN_MAX && SUBDOMAIN.matcher(name).matches();
    }

    /** A DNS name as services outside Kubernetes have it: underscores are seen in the wild. */
    static boolean isHostname(String name) {
        return name.length() <= SUBDOMAIN_MAX && HOSTNAME.matcher(name).matches();
    }

    /** A text from outside as messages may carry it: bounded, and on one line. */
    static String shortened(String text) {
        String line = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "..." : text;
        return line.chars()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}

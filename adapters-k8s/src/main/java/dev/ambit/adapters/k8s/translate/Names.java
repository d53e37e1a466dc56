package dev.ambit.adapters.k8s.translate;

import java.util.regex.Pattern;

/** The name rules of the Kubernetes API (RFC 1123), checked again because manifests do not pass an API server. */
final class Names {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final int SUBDOMAIN_MAX = 253;

    private Names() {}

    /** A namespace or Service name. */
    static boolean isLabel(String name) {
        return LABEL.matcher(name).matches();
    }

    /** Any other object's name. */
    static boolean isSubdomain(String name) {
        return name.length() <= SUBDOMAIN_MAX && SUBDOMAIN.matcher(name).matches();
    }
}

package dev.ambit.domain.dns;

import java.util.Locale;

/** How a query came. */
public enum DnsProtocol {
    UDP,
    TCP;

    /** As a metric label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}

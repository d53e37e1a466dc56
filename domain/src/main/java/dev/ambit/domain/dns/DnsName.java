package dev.ambit.domain.dns;

import java.util.Locale;
import java.util.Optional;

/**
 * A name as DNS compares it: lower case, without the final dot; empty is the root. Bytes that no host name has are
 * written as {@code \ddd}, so a dot always separates labels.
 */
public record DnsName(String text) {

    public DnsName {
        text = (text.endsWith(".") ? text.substring(0, text.length() - 1) : text).toLowerCase(Locale.ROOT);
    }

    /** Whether it begins with an asterisk, which stands for any labels. */
    public boolean isWildcard() {
        return text.startsWith("*.");
    }

    public int labelCount() {
        return text.isEmpty() ? 0 : (int) text.chars().filter(c -> c == '.').count() + 1;
    }

    /** Whether this name has labels before those of the domain. A name is not within itself, nor within the root. */
    public boolean isWithin(DnsName domain) {
        int dot = text.length() - domain.text.length() - 1;
        return dot > 0 && !domain.text.isEmpty() && text.charAt(dot) == '.' && text.endsWith(domain.text);
    }

    /** The labels before those of the domain; empty if this name is not within it. */
    public Optional<DnsName> before(DnsName domain) {
        return isWithin(domain)
                ? Optional.of(new DnsName(text.substring(0, text.length() - domain.text.length() - 1)))
                : Optional.empty();
    }

    /** This name within a domain. */
    public DnsName in(DnsName domain) {
        return new DnsName(text + "." + domain.text);
    }

    @Override
    public String toString() {
        return text;
    }
}

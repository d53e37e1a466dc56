package dev.ambit.adapters.k8s.translate;

import dev.ambit.domain.address.Cidr;
import dev.ambit.domain.address.Ports;
import dev.ambit.domain.policy.Match;
import dev.ambit.domain.policy.ServiceAccountMatch;
import dev.ambit.domain.policy.StringMatch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the value lists of an AuthorizationPolicy; each value that cannot be read is a rejection. */
final class MatchReader {
    private static final String SPIFFE_SCHEME = "spiffe://";

    private final String policyNamespace;
    private final Findings findings;

    MatchReader(String policyNamespace, Findings findings) {
        this.policyNamespace = policyNamespace;
        this.findings = findings;
    }

    /** A list and its negative twin, as written. */
    record Values(
            @Nullable List<String> any,
            FieldPath anyPath,
            @Nullable List<String> none,
            FieldPath nonePath) {}

    Match.Strings strings(Values values) {
        return new Match.Strings(
                read(values.any(), values.anyPath(), this::string, "use text, or '*' at one end of it"),
                read(values.none(), values.nonePath(), this::string, "use text, or '*' at one end of it"));
    }

    Match.Strings principals(Values values) {
        String hint = "use <trust domain>/ns/<namespace>/sa/<account> without " + SPIFFE_SCHEME + ", or '*' at one end";
        return new Match.Strings(
                read(values.any(), values.anyPath(), this::principal, hint),
                read(values.none(), values.nonePath(), this::principal, hint));
    }

    Match.Blocks blocks(Values values) {
        String hint = "use an address or a block such as 10.0.0.0/8";
        return new Match.Blocks(
                read(values.any(), values.anyPath(), Cidr::parse, hint),
                read(values.none(), values.nonePath(), Cidr::parse, hint));
    }

    Match.PortSet ports(Values values) {
        String hint = "use a port from 1 to 65535";
        return new Match.PortSet(
                new LinkedHashSet<>(read(values.any(), values.anyPath(), Ports::parse, hint)),
                new LinkedHashSet<>(read(values.none(), values.nonePath(), Ports::parse, hint)));
    }

    Match.Accounts accounts(Values values) {
        String hint = "use <account> or <namespace>/<account>, without '*'";
        return new Match.Accounts(
                read(values.any(), values.anyPath(), this::account, hint),
                read(values.none(), values.nonePath(), this::account, hint));
    }

    private <T> List<T> read(
            @Nullable List<String> texts, FieldPath path, Function<String, Optional<T>> reader, String hint) {
        List<String> written = Fields.list(texts);
        var values = new LinkedHashSet<T>();
        for (int i = 0; i < written.size(); i++) {
            String text = Fields.text(written.get(i));
            Optional<T> value = text.length() > ObjectLimits.TEXT ? Optional.empty() : reader.apply(text);
            if (value.isEmpty()) {
                findings.reject(path.child(i), "'" + Names.shortened(text) + "' cannot be read: " + hint);
            } else {
                values.add(value.get());
            }
        }
        return List.copyOf(values);
    }

    /** A star in the middle, or at both ends, would be compared literally and never match anything. */
    private Optional<StringMatch> string(String text) {
        boolean star = text.equals("*");
        boolean starred = text.startsWith("*") || text.endsWith("*");
        long stars = text.chars().filter(c -> c == '*').count();
        boolean readable = !text.isEmpty() && (star || stars == (starred ? 1 : 0));
        return readable ? Optional.of(StringMatch.of(text)) : Optional.empty();
    }

    private Optional<StringMatch> principal(String text) {
        return text.startsWith(SPIFFE_SCHEME) ? Optional.empty() : string(text);
    }

    private Optional<ServiceAccountMatch> account(String text) {
        int slash = text.indexOf('/');
        String namespace = slash < 0 ? policyNamespace : text.substring(0, slash);
        String account = text.substring(slash + 1);
        return Names.isLabel(namespace) && Names.isSubdomain(account)
                ? Optional.of(new ServiceAccountMatch(namespace, account))
                : Optional.empty();
    }
}

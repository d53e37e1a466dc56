package dev.ambit.domain.policy;

import java.util.Collection;
import java.util.List;

/** The lists of a {@link Match}, under the names that istio.security.Match and LOCAL_XDS files give them. */
public enum MatchField {
    DESTINATION_PORTS("destinationPorts", "notDestinationPorts"),
    SERVICE_ACCOUNTS("serviceAccounts", "notServiceAccounts"),
    PRINCIPALS("principals", "notPrincipals"),
    NAMESPACES("namespaces", "notNamespaces"),
    SOURCE_IPS("sourceIps", "notSourceIps"),
    DESTINATION_IPS("destinationIps", "notDestinationIps");

    private final String positive;
    private final String negative;

    MatchField(String positive, String negative) {
        this.positive = positive;
        this.negative = negative;
    }

    /** The list's name, or that of its {@code not} twin. */
    public String text(boolean negated) {
        return negated ? negative : positive;
    }

    /** What a match asks for here, one text per entry. */
    public List<String> entries(Match match, boolean negated) {
        return switch (this) {
            case DESTINATION_PORTS ->
                texts(
                        negated
                                ? match.destinationPorts().none()
                                : match.destinationPorts().any());
            case SERVICE_ACCOUNTS ->
                accounts(
                        negated
                                ? match.serviceAccounts().none()
                                : match.serviceAccounts().any());
            case PRINCIPALS ->
                patterns(
                        negated ? match.principals().none() : match.principals().any());
            case NAMESPACES ->
                patterns(
                        negated ? match.namespaces().none() : match.namespaces().any());
            case SOURCE_IPS ->
                texts(negated ? match.sourceIps().none() : match.sourceIps().any());
            case DESTINATION_IPS ->
                texts(
                        negated
                                ? match.destinationIps().none()
                                : match.destinationIps().any());
        };
    }

    /** What a connection has here; {@code none} where it proves nothing. */
    public String had(ConnectionFacts facts) {
        return switch (this) {
            case DESTINATION_PORTS -> Integer.toString(facts.destination().port());
            case SERVICE_ACCOUNTS ->
                switch (facts.peer()) {
                    case Peer.Authenticated(var id) -> id.namespace() + "/" + id.serviceAccount();
                    case Peer.Anonymous() -> "none";
                };
            case PRINCIPALS ->
                switch (facts.peer()) {
                    case Peer.Authenticated(var id) -> id.principal();
                    case Peer.Anonymous() -> "none";
                };
            case NAMESPACES ->
                switch (facts.peer()) {
                    case Peer.Authenticated(var id) -> id.namespace();
                    case Peer.Anonymous() -> "none";
                };
            case SOURCE_IPS -> facts.source().toString();
            case DESTINATION_IPS -> facts.destination().ip().toString();
        };
    }

    private static List<String> texts(Collection<?> entries) {
        return entries.stream().map(Object::toString).sorted().toList();
    }

    private static List<String> accounts(List<ServiceAccountMatch> entries) {
        return entries.stream()
                .map(account -> account.namespace() + "/" + account.serviceAccount())
                .toList();
    }

    private static List<String> patterns(List<StringMatch> entries) {
        return entries.stream().map(MatchField::pattern).toList();
    }

    /** Istio's policy text again: what {@link StringMatch#of} reads. */
    private static String pattern(StringMatch match) {
        return switch (match) {
            case StringMatch.Exact(String value) -> value;
            case StringMatch.Prefix(String value) -> value + "*";
            case StringMatch.Suffix(String value) -> "*" + value;
            case StringMatch.Presence() -> "*";
        };
    }
}

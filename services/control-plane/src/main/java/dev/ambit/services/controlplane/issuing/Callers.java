package dev.ambit.services.controlplane.issuing;

import dev.ambit.ports.ca.CallerAuthentication;
import java.util.List;
import java.util.Optional;

/** Several ways to tell who a caller is, asked in their order: the first that knows the token decides. */
public final class Callers implements CallerAuthentication {
    private final List<CallerAuthentication> ways;

    public Callers(List<CallerAuthentication> ways) {
        this.ways = List.copyOf(ways);
    }

    /** If nobody knows it but somebody could not be asked, it stays open. */
    @Override
    public Result authenticate(String bearerToken) {
        Result answer = new Result.Rejected("token: nobody here accepts tokens");
        for (CallerAuthentication way : ways) {
            Result next = way.authenticate(bearerToken);
            if (next instanceof Result.Authenticated) {
                return next;
            }
            answer = answer instanceof Result.Undecided ? answer : next;
        }
        return answer;
    }

    @Override
    public boolean wasAccepted(String bearerToken) {
        return ways.stream().anyMatch(way -> way.wasAccepted(bearerToken));
    }

    /** Known if one of them knows the caller, or all know that they do not. */
    @Override
    public Optional<Result> known(String bearerToken) {
        List<Optional<Result>> answers =
                ways.stream().map(way -> way.known(bearerToken)).toList();
        return answers.stream()
                .flatMap(Optional::stream)
                .filter(Result.Authenticated.class::isInstance)
                .findFirst()
                .or(() -> answers.contains(Optional.<Result>empty()) || answers.isEmpty()
                        ? Optional.empty()
                        : answers.getLast());
    }
}

package dev.ambit.services.ztunnel.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Environment variables as they were set, and the default of each that was not.
 *
 * <p>Every reader either returns a usable value or throws an {@link IllegalArgumentException} whose message is one line
 * with the variable, its value and the way out.
 */
final class Settings {
    private final Map<String, String> environment;
    private final Function<String, Optional<String>> defaults;

    /**
     * @param environment the process's variables, by their exact names
     * @param defaults the default of a variable; empty for one that application.yml does not list
     */
    Settings(Map<String, String> environment, Function<String, Optional<String>> defaults) {
        this.environment = Map.copyOf(environment);
        this.defaults = defaults;
    }

    /** The variable's value if it was set at all, even to nothing. */
    Optional<String> set(String variable) {
        return Optional.ofNullable(environment.get(variable));
    }

    /** The variable's value or its default; empty if both are. */
    String text(String variable) {
        return set(variable).orElseGet(() -> defaults.apply(variable).orElse(""));
    }

    /** As {@link #text}, where nothing means that there is none. */
    Optional<String> optional(String variable) {
        return Optional.of(text(variable)).filter(value -> !value.isEmpty());
    }

    boolean flag(String variable) {
        return optionalFlag(variable)
                .orElseThrow(() -> unusable(variable, "", "it must be true or false, or not be set at all"));
    }

    Optional<Boolean> optionalFlag(String variable) {
        return optional(variable).map(value -> switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unusable(variable, value, "it must be true or false");
        });
    }

    int number(String variable, int least, int most) {
        return optionalNumber(variable, least, most)
                .orElseThrow(() -> unusable(variable, "", range(least, most) + ", or it must not be set at all"));
    }

    Optional<Integer> optionalNumber(String variable, int least, int most) {
        return optional(variable).map(value -> number(variable, value, least, most));
    }

    /** Reads a number that stands for this variable. */
    static int number(String variable, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Told below, with the range.
        }
        throw unusable(variable, value, range(least, most));
    }

    private static String range(int least, int most) {
        return "it must be a whole number between " + least + " and " + most;
    }

    Duration duration(String variable, Duration least, Duration most) {
        return optionalDuration(variable, least, most)
                .orElseThrow(() -> unusable(variable, "", "it must be a time, such as 5s, or not be set at all"));
    }

    Optional<Duration> optionalDuration(String variable, Duration least, Duration most) {
        return optional(variable).map(value -> {
            Duration duration = GoDuration.parse(value)
                    .orElseThrow(() -> unusable(
                            variable, value, "it must be a time of numbers with units, such as 100ms, 5s or 1h30m"));
            if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                throw unusable(
                        variable,
                        value,
                        "it must be between " + GoDuration.format(least) + " and " + GoDuration.format(most));
            }
            return duration;
        });
    }

    <T> T choice(String variable, Map<String, T> choices) {
        String value = text(variable);
        T chosen = choices.get(value.strip().toLowerCase(Locale.ROOT));
        if (chosen == null) {
            throw unusable(variable, value, "choose " + String.join(" or ", new TreeMap<>(choices).keySet()));
        }
        return chosen;
    }

    /** Variables that begin with the prefix, by what follows it. */
    Map<String, String> startingWith(String prefix) {
        var found = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** The one line an operator reads: what is wrong with which variable, and what would be right. */
    static IllegalArgumentException unusable(String variable, String value, String wayOut) {
        return new IllegalArgumentException(variable + " is '" + value.replaceAll("\\s+", " ") + "'; " + wayOut);
    }
}

package dev.ambit.adapters.vaultca;

import java.util.regex.Pattern;

/** Names that become parts of a path of Vault's API, where any other character would change what is asked. */
final class VaultPath {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*");
    private static final int LENGTH_MAX = 256;

    private VaultPath() {}

    static void check(String what, String path) {
        if (path.length() > LENGTH_MAX || !PATH.matcher(path).matches()) {
            throw new IllegalArgumentException(
                    what + " is '" + path + "'; it must be letters, digits, '-', '_' and '.', in parts"
                            + " separated by '/', at most " + LENGTH_MAX + " characters");
        }
    }
}

package dev.ambit.services.cli.lab;

import java.nio.file.Path;

/**
 * The mount, network and process namespaces that the {@code ambit} script started us in. Whatever is made inside goes
 * away with them.
 *
 * @param home the checkout
 * @param folder for the lab's files; on a file system of the sandbox
 */
public record Sandbox(Path home, Path folder, String pid) {

    /**
     * The sandbox we are in.
     *
     * @throws LabException outside of a sandbox: the lab would leave traces on the machine
     */
    public static Sandbox require(String command) {
        String home = System.getenv().getOrDefault("AMBIT_HOME", "");
        if (!"1".equals(System.getenv("AMBIT_SANDBOX")) || home.isEmpty()) {
            throw new LabException("start this as './ambit " + command + "': the script makes the sandbox it runs in");
        }
        return new Sandbox(
                Path.of(home), Path.of("/run/ambit"), System.getenv().getOrDefault("AMBIT_SANDBOX_PID", "?"));
    }

    /** What to put before a command to run it inside, from another terminal. */
    public String enter() {
        return "nsenter -t " + pid + " -m -n";
    }
}

package dev.ambit.services.cniagent;

/** Starts the node agent. */
public final class Main {
    public static void main(String[] arguments) {
        new Launch().args(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

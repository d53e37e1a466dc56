package dev.ambit.services.controlplane;

/** Starts the control plane. */
public final class Main {
    public static void main(String[] arguments) {
        new Launch().args(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

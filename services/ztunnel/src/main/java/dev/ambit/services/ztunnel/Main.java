package dev.ambit.services.ztunnel;

/** Starts the node proxy. */
public final class Main {
    public static void main(String[] arguments) {
        HeadStart.begin();
        new Launch().args(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

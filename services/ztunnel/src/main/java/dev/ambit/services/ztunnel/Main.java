package dev.ambit.services.ztunnel;

/** Starts the node proxy. */
public final class Main {
    public static void main(String[] arguments) {
        HeadStart.begin();
        Launch.begin(arguments);
    }

    private Main() {}
}

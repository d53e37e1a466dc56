package dev.ambit.services.ztunnel;

import io.micronaut.runtime.Micronaut;

/** Starts the node proxy. */
public final class Main {
    public static void main(String[] arguments) {
        Micronaut.build(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

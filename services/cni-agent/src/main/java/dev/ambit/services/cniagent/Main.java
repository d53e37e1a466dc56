package dev.ambit.services.cniagent;

import io.micronaut.runtime.Micronaut;

/** Starts the node agent. */
public final class Main {
    public static void main(String[] arguments) {
        Micronaut.build(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

package dev.ambit.services.controlplane;

import io.micronaut.runtime.Micronaut;

/** Starts the control plane. */
public final class Main {
    public static void main(String[] arguments) {
        Micronaut.build(arguments).mainClass(Main.class).banner(false).start();
    }

    private Main() {}
}

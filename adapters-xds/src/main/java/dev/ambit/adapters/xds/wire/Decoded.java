package dev.ambit.adapters.xds.wire;

/** What reading one resource off the wire yields. */
public sealed interface Decoded<T> {

    record Accepted<T>(T value) implements Decoded<T> {}

    /** The resource cannot be used; {@code why} names the field and its value. */
    record Rejected<T>(String why) implements Decoded<T> {}
}

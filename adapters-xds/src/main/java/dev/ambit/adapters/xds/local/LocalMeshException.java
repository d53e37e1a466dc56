package dev.ambit.adapters.xds.local;

/** A local picture of the mesh that cannot be used; the message is one line with the place and the reason. */
public final class LocalMeshException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    LocalMeshException(int line, String why) {
        this("line " + line + ": " + why);
    }

    LocalMeshException(String why) {
        super(why.replaceAll("[\\p{Cntrl}\\s]+", " "));
    }
}

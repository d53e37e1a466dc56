package dev.ambit.services.ztunnel.web;

import java.util.Map;

/** Which build this is. */
public final class BuildInfo {
    /** The version of this proxy, also the label {@code tag} of {@code istio_build}. */
    public static final String VERSION = "0.1.0";

    static Map<String, Object> json() {
        var json = new MeshDump.Fields();
        json.put("version", VERSION);
        json.put("buildProfile", "release");
        json.put("javaVersion", Runtime.version().toString());
        return json.json();
    }

    private BuildInfo() {}
}

package dev.ambit.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One place for versions: the properties of the root pom. Plugins may carry their own. */
final class Poms {
    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern PLUGIN = Pattern.compile("<plugin>.*?</plugin>", Pattern.DOTALL);
    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>\\s*(.*?)\\s*</artifactId>");
    private static final Pattern VERSION = Pattern.compile("<version>\\s*(.*?)\\s*</version>");

    /** Dependencies whose version is written out instead of being a property. */
    static List<String> versionLiterals(String file, String text) {
        String dependencies =
                PLUGIN.matcher(COMMENT.matcher(text).replaceAll("")).replaceAll("");
        var problems = new ArrayList<String>();
        Matcher dependency = DEPENDENCY.matcher(dependencies);
        while (dependency.find()) {
            Matcher version = VERSION.matcher(dependency.group(1));
            Matcher artifact = ARTIFACT.matcher(dependency.group(1));
            if (version.find() && !version.group(1).startsWith("${")) {
                String name = artifact.find() ? artifact.group(1) : "a dependency";
                problems.add(file + ": " + name + " has the version " + version.group(1)
                        + ", which belongs into a property of the root pom");
            }
        }
        return problems;
    }

    private Poms() {}
}
